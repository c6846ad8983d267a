package table

import (
	"encoding/json"
	"reflect"
	"strings"

	"dermtrace/internal/outcome"
)

// words are the closed lists of the record, by type and name of the field.
var words = map[string][]string{
	"Record.schema":      {outcome.Schema},
	"Quality.verdict":    {outcome.OK, outcome.Doubtful, outcome.Unusable},
	"Alignment.status":   {outcome.AlignFrame, outcome.AlignOK, outcome.AlignDoubtful, outcome.AlignFailed},
	"ROI.kind":           {outcome.Treated, outcome.Control, outcome.Comparator, outcome.Scar, outcome.Grey, outcome.Exclude},
	"Change.against":     {outcome.AgainstBaseline, outcome.AgainstPrevious},
	"Change.contrast":    {outcome.Raw, outcome.VsControl, outcome.VsComparator},
	"Change.status":      {outcome.Increased, outcome.Decreased, outcome.NoChange, outcome.NotComparable},
	"Definition.scale":   {outcome.Ratio, outcome.Interval, outcome.Count, outcome.Proportion},
	"Flag.level":         {"watch", "review"},
	"Calibration.method": {"card", "control", "none", "frame"},
	"Series.side":        {"left", "right", "midline", ""},
	"Change.clock":       {outcome.Outside, outcome.Eligible, outcome.Mature},
}

// Schema is the JSON Schema (draft 2020-12) of results.json, made from the record's own
// types, so that it cannot fall behind them. Names may be added under the same schema:
// unknown ones are allowed.
func Schema() ([]byte, error) {
	s := schemaMaker{definitions: map[string]any{}}
	root := s.of(reflect.TypeFor[outcome.Record](), "")
	top := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "urn:" + strings.ReplaceAll(outcome.Schema, "/", ":"),
		"title":       outcome.Schema,
		"description": "results.json of dermtrace: one series of photos of skin and all that was measured in it. A number that could not be measured is null, never 0.",
		"$defs":       s.definitions,
	}
	for k, v := range root {
		top[k] = v
	}
	b, err := json.MarshalIndent(top, "", " ")
	return append(b, '\n'), err
}

// schemaMaker turns Go types into schemas, structs once each.
type schemaMaker struct{ definitions map[string]any }

// of is the schema of a type; path names the field that has it.
func (s *schemaMaker) of(t reflect.Type, path string) map[string]any {
	if t == reflect.TypeFor[outcome.Number]() {
		return map[string]any{"type": []string{"number", "null"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{s.of(t.Elem(), path), map[string]any{"type": "null"}}}
	case reflect.Struct:
		return s.object(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), path)}
	case reflect.Array:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), path), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), path)}
	case reflect.String:
		out := map[string]any{"type": "string"}
		if list := words[path]; list != nil {
			out["enum"] = list
		}
		return out
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	panic("table: the record holds a " + t.Kind().String() + ", which has no schema")
}

// object refers to the definition of a struct. A field that may be left out when empty is
// not required.
func (s *schemaMaker) object(t reflect.Type) map[string]any {
	ref := map[string]any{"$ref": "#/$defs/" + t.Name()}
	if _, made := s.definitions[t.Name()]; made {
		return ref
	}
	s.definitions[t.Name()] = nil // it may refer to itself
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, option, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		properties[name] = s.of(t.Field(i).Type, t.Name()+"."+name)
		if option != "omitempty" && option != "omitzero" {
			required = append(required, name)
		}
	}
	s.definitions[t.Name()] = map[string]any{"type": "object", "properties": properties, "required": required}
	return ref
}

// Package benchtest holds the clock of benchmarks that compare processor time, which a busy
// machine does not lengthen as it does time by the clock.
package benchtest

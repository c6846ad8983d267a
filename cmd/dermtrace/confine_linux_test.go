package main

import (
	"net"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Restrictions that a test can put on the program.
const (
	noSockets  = "no-sockets"  // the kernel kills it at the first socket
	probe      = "probe"       // the same, and a socket is opened, to prove that it kills
	smallFiles = "small-files" // no file can grow beyond 20 kB, as on a full disk
	plainUser  = "plain-user"  // modes of files hold for root too
)

// exitAllMighty ends a program whose root cannot be made a plain user.
const exitAllMighty = 77

func confine(how string) {
	switch how {
	case noSockets:
		denySockets()
	case probe:
		denySockets()
		net.Dial("udp", "127.0.0.1:9") // killed here
		os.Exit(0)
	case smallFiles:
		const most = 20_000
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			panic(err)
		}
	case plainUser:
		obeyModes()
	}
}

// obeyModes runs the program again without the capabilities that let root read what no
// mode allows it to.
func obeyModes() {
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	for _, c := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			os.Exit(exitAllMighty)
		}
	}
	os.Setenv(confinement, "")
	panic(syscall.Exec("/proc/self/exe", os.Args, os.Environ()))
}

// denySockets makes the kernel kill the process when any thread calls socket(2) or
// socketpair(2), whatever address family is asked for, so name look-ups die as well.
func denySockets() {
	const (
		loadNumber = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		ifEqual    = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		giveBack   = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: loadNumber, K: 0}, // seccomp_data.nr
		{Code: ifEqual, Jt: 2, K: unix.SYS_SOCKET},
		{Code: ifEqual, Jt: 1, K: unix.SYS_SOCKETPAIR},
		{Code: giveBack, K: unix.SECCOMP_RET_ALLOW},
		{Code: giveBack, K: unix.SECCOMP_RET_KILL_PROCESS},
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	runtime.KeepAlive(program)
	if errno != 0 {
		panic(errno)
	}
}

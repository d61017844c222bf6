package binfmt

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Live is what came of running an ARM program through the kernel.
type Live struct {
	OK          bool   `json:"ok"`
	Error       string `json:"error,omitempty"`
	Interpreter string `json:"interpreter,omitempty"` // the file that ran it; " (deleted)" if it is there no more
	KeepsArgv0  bool   `json:"keeps_argv0,omitempty"` // the program saw its argv[0]
	dev, ino    uint64 // of Interpreter
}

// probeLimit is how long the probe may take, on a machine that is busy.
const probeLimit = 20 * time.Second

const (
	probeArgv0 = "armature-probe"
	probeExit  = 42
)

// TestStatus is the exit status of the program that TestProgram gives.
const TestStatus = probeExit

// TestProgram gives a tiny ARM program, open for reading, that ends with TestStatus at
// the end of its standard input.
func TestProgram(f Format) (*os.File, error) { return probeFile(f) }

// Probe has the kernel execute a tiny ARM program, and looks at what runs it.
func Probe(f Format) Live {
	l, err := probe(f)
	if err != nil {
		l.OK, l.Error = false, err.Error()
	}
	return l
}

func probe(f Format) (l Live, err error) {
	prog, err := probeFile(f)
	if err != nil {
		return l, err
	}
	defer prog.Close()
	// By its descriptor, which the child has as its third: an interpreter that does
	// not get it open can still open it by this name.
	cmd := exec.Command("/proc/self/fd/3")
	cmd.Args = []string{probeArgv0}
	cmd.ExtraFiles = []*os.File{prog}
	cmd.Env = []string{}
	in, err := cmd.StdinPipe()
	if err != nil {
		return l, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return l, err
	}
	var complaint strings.Builder
	cmd.Stderr = &limited{&complaint, 4 << 10}
	err = cmd.Start()
	switch {
	case errors.Is(err, unix.ENOEXEC):
		return l, fmt.Errorf("no handler takes %s programs", f.Arch)
	case errors.Is(err, unix.ENOENT):
		return l, fmt.Errorf("the handler's interpreter is not there")
	case err != nil:
		return l, fmt.Errorf("the kernel does not start an %s program: %w", f.Arch, err)
	}
	timer := time.AfterFunc(probeLimit, func() { cmd.Process.Kill() })
	defer timer.Stop()
	argv0, readErr := bufio.NewReader(io.LimitReader(out, 4096)).ReadString('\n')
	if readErr == nil {
		// It waits for the end of its input, so what runs it can be looked at.
		exe := fmt.Sprintf("/proc/%d/exe", cmd.Process.Pid)
		l.Interpreter, _ = os.Readlink(exe)
		var st unix.Stat_t
		if unix.Stat(exe, &st) == nil {
			l.dev, l.ino = st.Dev, st.Ino
		}
	}
	in.Close()
	err = cmd.Wait()
	said := strings.TrimSpace(complaint.String())
	if said != "" {
		said = ": " + said
	}
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return l, err
	case readErr != nil || cmd.ProcessState.ExitCode() != probeExit:
		return l, fmt.Errorf("an %s program does not run as it should (%v)%s", f.Arch, cmd.ProcessState, said)
	}
	l.OK, l.KeepsArgv0 = true, argv0 == probeArgv0+"\n"
	return l, nil
}

// limited writes no more than n bytes, and drops the rest.
type limited struct {
	w io.Writer
	n int
}

func (l *limited) Write(p []byte) (int, error) {
	q := p[:min(len(p), l.n)]
	l.n -= len(q)
	if len(q) > 0 {
		l.w.Write(q)
	}
	return len(p), nil
}

// probeFile makes a file that is the program, in memory if the kernel lets such
// files be executed.
func probeFile(f Format) (*os.File, error) {
	image := probeImage()
	const mfdExec = 0x10 // Linux 6.3; older kernels refuse the flag and need none
	fd, err := unix.MemfdCreate(probeArgv0, mfdExec)
	if err == unix.EINVAL {
		fd, err = unix.MemfdCreate(probeArgv0, 0)
	}
	if err == nil {
		m := os.NewFile(uintptr(fd), probeArgv0)
		if _, err := m.Write(image); err != nil {
			m.Close()
			return nil, err
		}
		// Open for reading only, or it could not be executed.
		defer m.Close()
		if ro, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd)); err == nil {
			return ro, nil
		}
	}
	t, err := os.CreateTemp("", probeArgv0)
	if err != nil {
		return nil, err
	}
	defer os.Remove(t.Name())
	defer t.Close()
	if _, err := t.Write(image); err != nil {
		return nil, err
	}
	if err := t.Chmod(0o700); err != nil {
		return nil, err
	}
	return os.Open(t.Name())
}

// probeCode is the program, in A64 machine code: it writes argv[0] and a new line,
// reads until its standard input ends, and exits.
var probeCode = []uint32{
	0xf94007e1, //       ldr  x1, [sp, #8]
	0xd2800002, //       mov  x2, #0
	0x38626823, // 1:    ldrb w3, [x1, x2]
	0x91000442, //       add  x2, x2, #1
	0x35ffffc3, //       cbnz w3, 1b
	0x52800143, //       mov  w3, #'\n'     in place of the zero byte
	0x8b020024, //       add  x4, x1, x2
	0x381ff083, //       sturb w3, [x4, #-1]
	0xd2800020, //       mov  x0, #1
	0xd2800808, //       mov  x8, #64       write
	0xd4000001, //       svc  #0
	0xd10043ff, //       sub  sp, sp, #16
	0xd2800000, // 2:    mov  x0, #0
	0x910003e1, //       mov  x1, sp
	0xd2800202, //       mov  x2, #16
	0xd28007e8, //       mov  x8, #63       read
	0xd4000001, //       svc  #0
	0xf100001f, //       cmp  x0, #0
	0x54ffff4c, //       b.gt 2b
	0xd2800540, //       mov  x0, #42
	0xd2800bc8, //       mov  x8, #94       exit_group
	0xd4000001, //       svc  #0
}

// probeImage is the program's ELF file.
func probeImage() []byte {
	const (
		base   = 0x400000
		ehdr   = 64
		phdr   = 56
		header = ehdr + phdr
	)
	size := uint64(header + 4*len(probeCode))
	b := make([]byte, 0, size)
	u16 := func(v uint16) { b = binary.LittleEndian.AppendUint16(b, v) }
	u32 := func(v uint32) { b = binary.LittleEndian.AppendUint32(b, v) }
	u64 := func(v uint64) { b = binary.LittleEndian.AppendUint64(b, v) }
	b = append(b, AArch64.Magic...) // identification, e_type, e_machine
	u32(1)                          // e_version
	u64(base + header)              // e_entry
	u64(ehdr)                       // e_phoff
	u64(0)                          // e_shoff
	u32(0)                          // e_flags
	u16(ehdr)
	u16(phdr)
	u16(1) // program headers
	u16(0)
	u16(0)
	u16(0)
	u32(1) // PT_LOAD
	u32(5) // readable, executable
	u64(0)
	u64(base)
	u64(base)
	u64(size)
	u64(size)
	u64(0x10000)
	for _, w := range probeCode {
		u32(w)
	}
	return b
}

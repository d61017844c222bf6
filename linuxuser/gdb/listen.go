package gdb

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// address is where a server listens: the path of a socket if s holds a slash, else a port of
// 127.0.0.1, or ADDRESS:PORT with an IPv4 address.
func address(s string) (syscall.Sockaddr, error) {
	if strings.Contains(s, "/") {
		return &syscall.SockaddrUnix{Name: s}, nil
	}
	a := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	port := s
	if host, p, ok := strings.Cut(s, ":"); ok {
		port = p
		if parts := strings.Split(host, "."); len(parts) == 4 {
			for i, part := range parts {
				n, err := strconv.ParseUint(part, 10, 8)
				if err != nil {
					return nil, fmt.Errorf("%q is no IPv4 address", host)
				}
				a.Addr[i] = byte(n)
			}
		} else if host != "" && host != "localhost" {
			return nil, fmt.Errorf("%q is no IPv4 address", host)
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("want a port, ADDRESS:PORT, or the path of a socket with a slash in it, not %q", s)
	}
	a.Port = int(n)
	return a, nil
}

// listen waits at where for a debugger and gives the connection. What it waits for it
// tells to say.
func listen(where string, say func(text string)) (fd int, err error) {
	addr, err := address(where)
	if err != nil {
		return -1, err
	}
	family := syscall.AF_INET
	if u, ok := addr.(*syscall.SockaddrUnix); ok {
		family = syscall.AF_UNIX
		// A socket that a server has left behind would be in the way.
		if st, err := os.Lstat(u.Name); err == nil && st.Mode()&os.ModeSocket != 0 {
			os.Remove(u.Name)
		}
		defer os.Remove(u.Name)
	}
	l, err := syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(l)
	syscall.SetsockoptInt(l, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(l, addr); err != nil {
		return -1, fmt.Errorf("no debugger can connect to %s: %w", where, err)
	}
	if err := syscall.Listen(l, 1); err != nil {
		return -1, fmt.Errorf("no debugger can connect to %s: %w", where, err)
	}
	target := where
	if bound, err := syscall.Getsockname(l); err == nil {
		if a, ok := bound.(*syscall.SockaddrInet4); ok {
			target = fmt.Sprintf("%d.%d.%d.%d:%d", a.Addr[0], a.Addr[1], a.Addr[2], a.Addr[3], a.Port)
		}
	}
	say(target)
	for {
		fd, _, err := syscall.Accept4(l, syscall.SOCK_CLOEXEC)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && family == syscall.AF_INET {
			syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		}
		return fd, err
	}
}

package syscalls

import (
	"math"
	"syscall"
)

// Errno is a Linux error number; arm64's and x86-64's are the same.
type Errno uint16

// The errors that the emulator itself gives.
const (
	EPERM        = Errno(syscall.EPERM)
	ENOENT       = Errno(syscall.ENOENT)
	ESRCH        = Errno(syscall.ESRCH)
	EINTR        = Errno(syscall.EINTR)
	EIO          = Errno(syscall.EIO)
	E2BIG        = Errno(syscall.E2BIG)
	ENOEXEC      = Errno(syscall.ENOEXEC)
	EBADF        = Errno(syscall.EBADF)
	EAGAIN       = Errno(syscall.EAGAIN)
	ENOMEM       = Errno(syscall.ENOMEM)
	EACCES       = Errno(syscall.EACCES)
	EFAULT       = Errno(syscall.EFAULT)
	EEXIST       = Errno(syscall.EEXIST)
	ENODEV       = Errno(syscall.ENODEV)
	ENOTDIR      = Errno(syscall.ENOTDIR)
	EINVAL       = Errno(syscall.EINVAL)
	ENOTTY       = Errno(syscall.ENOTTY)
	ENOSPC       = Errno(syscall.ENOSPC)
	ERANGE       = Errno(syscall.ERANGE)
	ENAMETOOLONG = Errno(syscall.ENAMETOOLONG)
	ENOSYS       = Errno(syscall.ENOSYS)
	ELOOP        = Errno(syscall.ELOOP)
	EUSERS       = Errno(syscall.EUSERS)
	EMSGSIZE     = Errno(syscall.EMSGSIZE)
	EOPNOTSUPP   = Errno(syscall.EOPNOTSUPP)
)

// Ret is the error as a call returns it, -errno.
func (e Errno) Ret() uint64 { return -uint64(e) }

// Failed tells whether a result is an error, and which.
func Failed(r uint64) (Errno, bool) {
	if r > math.MaxUint64-4096 {
		return Errno(-r), true
	}
	return 0, false
}

// Error gives the kernel's text.
func (e Errno) Error() string { return syscall.Errno(e).Error() }

// Name gives the constant's name.
func (e Errno) Name() string { return errnoName(e) }

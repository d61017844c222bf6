package syscalls

import (
	"sort"

	"armature/syscalls/host"
)

// ioctlArg says what the third argument of an ioctl is.
type ioctlArg uint8

const (
	argNone  ioctlArg = iota + 1 // not used, or a number
	argPtr                       // the address of something without addresses in it
	argConf                      // struct ifconf: a length and an address
	argIfreq                     // struct ifreq whose last field is an address
	argBlock                     // argPtr, and it may sleep
)

type ioctl struct {
	req  uint32
	name string
	arg  ioctlArg
}

// ioctls are the requests with a name or special arguments, in numerical order.
//
// All others pass as well: arm64's numbers are x86-64's (both use the generic
// ones), and so are the structures, since both are LP64 and little-endian with the
// same alignments; addresses in them are the guest's and thus the host's. The
// kernel itself says ENOTTY for what a file does not know. See foreign for the
// exceptions.
var ioctls = [...]ioctl{
	{0x1, "FIBMAP", argPtr},
	{0x2, "FIGETBSZ", argPtr},
	{0x301, "HDIO_GETGEO", argPtr},
	{0x125d, "BLKROSET", argPtr},
	{0x125e, "BLKROGET", argPtr},
	{0x125f, "BLKRRPART", argNone},
	{0x1260, "BLKGETSIZE", argPtr},
	{0x1261, "BLKFLSBUF", argNone},
	{0x1262, "BLKRASET", argNone},
	{0x1263, "BLKRAGET", argPtr},
	{0x1268, "BLKSSZGET", argPtr},
	{0x1277, "BLKDISCARD", argBlock},
	{0x1278, "BLKIOMIN", argPtr},
	{0x1279, "BLKIOOPT", argPtr},
	{0x127a, "BLKALIGNOFF", argPtr},
	{0x127b, "BLKPBSZGET", argPtr},
	{0x127c, "BLKDISCARDZEROES", argPtr},
	{0x127e, "BLKROTATIONAL", argPtr},
	{0x127f, "BLKZEROOUT", argBlock},
	{0x2400, "PERF_EVENT_IOC_ENABLE", argNone},
	{0x2401, "PERF_EVENT_IOC_DISABLE", argNone},
	{0x2402, "PERF_EVENT_IOC_REFRESH", argNone},
	{0x2403, "PERF_EVENT_IOC_RESET", argNone},
	{0x2405, "PERF_EVENT_IOC_SET_OUTPUT", argNone},
	{0x4b33, "KDGKBTYPE", argPtr},
	{0x4b3a, "KDSETMODE", argNone},
	{0x4b3b, "KDGETMODE", argPtr},
	{0x4b44, "KDGKBMODE", argPtr},
	{0x4b45, "KDSKBMODE", argNone},
	{0x4b62, "KDGKBMETA", argPtr},
	{0x4b64, "KDGKBLED", argPtr},
	{0x4c00, "LOOP_SET_FD", argNone},
	{0x4c01, "LOOP_CLR_FD", argNone},
	{0x4c02, "LOOP_SET_STATUS", argPtr},
	{0x4c03, "LOOP_GET_STATUS", argPtr},
	{0x4c04, "LOOP_SET_STATUS64", argPtr},
	{0x4c05, "LOOP_GET_STATUS64", argPtr},
	{0x4c06, "LOOP_CHANGE_FD", argNone},
	{0x4c07, "LOOP_SET_CAPACITY", argNone},
	{0x4c08, "LOOP_SET_DIRECT_IO", argNone},
	{0x4c09, "LOOP_SET_BLOCK_SIZE", argNone},
	{0x4c0a, "LOOP_CONFIGURE", argPtr},
	{0x4c80, "LOOP_CTL_ADD", argNone},
	{0x4c81, "LOOP_CTL_REMOVE", argNone},
	{0x4c82, "LOOP_CTL_GET_FREE", argNone},
	{0x5204, "RNDZAPENTCNT", argNone},
	{0x5206, "RNDCLEARPOOL", argNone},
	{0x5207, "RNDRESEEDCRNG", argNone},
	{0x5401, "TCGETS", argPtr},
	{0x5402, "TCSETS", argPtr},
	{0x5403, "TCSETSW", argBlock},
	{0x5404, "TCSETSF", argBlock},
	{0x5405, "TCGETA", argPtr},
	{0x5406, "TCSETA", argPtr},
	{0x5407, "TCSETAW", argBlock},
	{0x5408, "TCSETAF", argBlock},
	{0x5409, "TCSBRK", argNone},
	{0x540a, "TCXONC", argNone},
	{0x540b, "TCFLSH", argNone},
	{0x540c, "TIOCEXCL", argNone},
	{0x540d, "TIOCNXCL", argNone},
	{0x540e, "TIOCSCTTY", argNone},
	{0x540f, "TIOCGPGRP", argPtr},
	{0x5410, "TIOCSPGRP", argPtr},
	{0x5411, "TIOCOUTQ", argPtr},
	{0x5412, "TIOCSTI", argPtr},
	{0x5413, "TIOCGWINSZ", argPtr},
	{0x5414, "TIOCSWINSZ", argPtr},
	{0x5415, "TIOCMGET", argPtr},
	{0x5416, "TIOCMBIS", argPtr},
	{0x5417, "TIOCMBIC", argPtr},
	{0x5418, "TIOCMSET", argPtr},
	{0x5419, "TIOCGSOFTCAR", argPtr},
	{0x541a, "TIOCSSOFTCAR", argPtr},
	{0x541b, "FIONREAD", argPtr},
	{0x541c, "TIOCLINUX", argPtr},
	{0x541d, "TIOCCONS", argNone},
	{0x5420, "TIOCPKT", argPtr},
	{0x5421, "FIONBIO", argPtr},
	{0x5422, "TIOCNOTTY", argNone},
	{0x5423, "TIOCSETD", argPtr},
	{0x5424, "TIOCGETD", argPtr},
	{0x5425, "TCSBRKP", argNone},
	{0x5427, "TIOCSBRK", argNone},
	{0x5428, "TIOCCBRK", argNone},
	{0x5429, "TIOCGSID", argPtr},
	{0x5437, "TIOCVHANGUP", argNone},
	{0x5441, "TIOCGPTPEER", argNone},
	{0x5450, "FIONCLEX", argNone},
	{0x5451, "FIOCLEX", argNone},
	{0x5452, "FIOASYNC", argPtr},
	{0x545d, "TIOCGICOUNT", argPtr},
	{0x5460, "FIOQSIZE", argPtr},
	{0x5600, "VT_OPENQRY", argPtr},
	{0x5601, "VT_GETMODE", argPtr},
	{0x5602, "VT_SETMODE", argPtr},
	{0x5603, "VT_GETSTATE", argPtr},
	{0x5605, "VT_RELDISP", argNone},
	{0x5606, "VT_ACTIVATE", argNone},
	{0x5607, "VT_WAITACTIVE", argNone},
	{0x7001, "RTC_AIE_ON", argNone},
	{0x7002, "RTC_AIE_OFF", argNone},
	{0x7003, "RTC_UIE_ON", argNone},
	{0x7004, "RTC_UIE_OFF", argNone},
	{0x8901, "FIOSETOWN", argPtr},
	{0x8902, "SIOCSPGRP", argPtr},
	{0x8903, "FIOGETOWN", argPtr},
	{0x8904, "SIOCGPGRP", argPtr},
	{0x8905, "SIOCATMARK", argPtr},
	{0x8906, "SIOCGSTAMP", argPtr},
	{0x8907, "SIOCGSTAMPNS", argPtr},
	{0x890b, "SIOCADDRT", argPtr},
	{0x890c, "SIOCDELRT", argPtr},
	{0x8910, "SIOCGIFNAME", argPtr},
	{0x8912, "SIOCGIFCONF", argConf},
	{0x8913, "SIOCGIFFLAGS", argPtr},
	{0x8914, "SIOCSIFFLAGS", argPtr},
	{0x8915, "SIOCGIFADDR", argPtr},
	{0x8916, "SIOCSIFADDR", argPtr},
	{0x8917, "SIOCGIFDSTADDR", argPtr},
	{0x8918, "SIOCSIFDSTADDR", argPtr},
	{0x8919, "SIOCGIFBRDADDR", argPtr},
	{0x891a, "SIOCSIFBRDADDR", argPtr},
	{0x891b, "SIOCGIFNETMASK", argPtr},
	{0x891c, "SIOCSIFNETMASK", argPtr},
	{0x891d, "SIOCGIFMETRIC", argPtr},
	{0x891e, "SIOCSIFMETRIC", argPtr},
	{0x8921, "SIOCGIFMTU", argPtr},
	{0x8922, "SIOCSIFMTU", argPtr},
	{0x8923, "SIOCSIFNAME", argPtr},
	{0x8924, "SIOCSIFHWADDR", argPtr},
	{0x8927, "SIOCGIFHWADDR", argPtr},
	{0x8931, "SIOCADDMULTI", argPtr},
	{0x8932, "SIOCDELMULTI", argPtr},
	{0x8933, "SIOCGIFINDEX", argPtr},
	{0x8934, "SIOCGIFPFLAGS", argPtr},
	{0x8942, "SIOCGIFTXQLEN", argPtr},
	{0x8943, "SIOCSIFTXQLEN", argPtr},
	{0x8946, "SIOCETHTOOL", argIfreq},
	{0x8947, "SIOCGMIIPHY", argPtr},
	{0x8948, "SIOCGMIIREG", argPtr},
	{0x894b, "SIOCOUTQNSD", argPtr},
	{0x894c, "SIOCGSKNS", argNone},
	{0x8953, "SIOCDARP", argPtr},
	{0x8954, "SIOCGARP", argPtr},
	{0x8955, "SIOCSARP", argPtr},
	{0x8970, "SIOCGIFMAP", argPtr},
	{0x89a0, "SIOCBRADDBR", argPtr},
	{0x89a1, "SIOCBRDELBR", argPtr},
	{0x89a2, "SIOCBRADDIF", argPtr},
	{0x89a3, "SIOCBRDELIF", argPtr},
	{0xb701, "NS_GET_USERNS", argNone},
	{0xb702, "NS_GET_PARENT", argNone},
	{0xb703, "NS_GET_NSTYPE", argNone},
	{0xb704, "NS_GET_OWNER_UID", argPtr},
	{0x40045201, "RNDADDTOENTCNT", argPtr},
	{0x40045431, "TIOCSPTLCK", argPtr},
	{0x400454ca, "TUNSETIFF", argPtr},
	{0x400454cb, "TUNSETPERSIST", argNone},
	{0x400454cc, "TUNSETOWNER", argNone},
	{0x400454d0, "TUNSETOFFLOAD", argNone},
	{0x40049409, "FICLONE", argNone},
	{0x40081271, "BLKBSZSET", argPtr},
	{0x40082404, "PERF_EVENT_IOC_PERIOD", argPtr},
	{0x40085203, "RNDADDENTROPY", argPtr},
	{0x40085400, "TFD_IOC_SET_TICKS", argPtr},
	{0x40086602, "FS_IOC_SETFLAGS", argPtr},
	{0x40087602, "FS_IOC_SETVERSION", argPtr},
	{0x401c5820, "FS_IOC_FSSETXATTR", argPtr},
	{0x4020940d, "FICLONERANGE", argPtr},
	{0x4024700a, "RTC_SET_TIME", argPtr},
	{0x402c542b, "TCSETS2", argPtr},
	{0x402c542c, "TCSETSW2", argBlock},
	{0x402c542d, "TCSETSF2", argBlock},
	{0x41009432, "FS_IOC_SETFSLABEL", argPtr},
	{0x80045200, "RNDGETENTCNT", argPtr},
	{0x80045430, "TIOCGPTN", argPtr},
	{0x80045432, "TIOCGDEV", argPtr},
	{0x80045438, "TIOCGPKT", argPtr},
	{0x80045439, "TIOCGPTLCK", argPtr},
	{0x80045440, "TIOCGEXCL", argPtr},
	{0x800454cf, "TUNGETFEATURES", argPtr},
	{0x800454d2, "TUNGETIFF", argPtr},
	{0x80047210, "FAT_IOCTL_GET_ATTRIBUTES", argPtr},
	{0x80081270, "BLKBSZGET", argPtr},
	{0x80081272, "BLKGETSIZE64", argPtr},
	{0x80082407, "PERF_EVENT_IOC_ID", argPtr},
	{0x80086601, "FS_IOC_GETFLAGS", argPtr},
	{0x80087601, "FS_IOC_GETVERSION", argPtr},
	{0x80108906, "SIOCGSTAMP_NEW", argPtr},
	{0x80108907, "SIOCGSTAMPNS_NEW", argPtr},
	{0x80111500, "FS_IOC_GETFSUUID", argPtr},
	{0x801c581f, "FS_IOC_FSGETXATTR", argPtr},
	{0x80247009, "RTC_RD_TIME", argPtr},
	{0x802c542a, "TCGETS2", argPtr},
	{0x80811501, "FS_IOC_GETFSSYSFSPATH", argPtr},
	{0x81009431, "FS_IOC_GETFSLABEL", argPtr},
	{0x82307201, "VFAT_IOCTL_READDIR_BOTH", argPtr},
	{0xc0045877, "FIFREEZE", argNone},
	{0xc0045878, "FITHAW", argNone},
	{0xc0185879, "FITRIM", argBlock},
	{0xc0189436, "FIDEDUPERANGE", argBlock},
	{0xc020660b, "FS_IOC_FIEMAP", argPtr},
}

// findIoctl gives the row of a request, nil if it has none.
func findIoctl(req uint32) *ioctl {
	i := sort.Search(len(ioctls), func(i int) bool { return ioctls[i].req >= req })
	if i < len(ioctls) && ioctls[i].req == req {
		return &ioctls[i]
	}
	return nil
}

// Parts of a request's number.
const (
	iocSizeShift = 16
	iocSizeMask  = 0x3fff
	iocDirMask   = 3 << 30
)

// unknown is a request that no file knows.
const unknown = 0xffff

// foreign tells whether a request is one of x86 hardware, or has structures that
// are the processor's: an ARM kernel does not know it.
func foreign(req uint32) bool {
	const (
		kdAddIO, kdDisableIO = 0x4b34, 0x4b37 // access to I/O ports
	)
	switch req >> 8 & 0xff { // the type
	case 0xae, 0xa4: // KVM, SGX
		return true
	case 'c': // model-specific registers; others share the letter
		return req == 0xc02063a0 || req == 0xc02063a1
	}
	return req >= kdAddIO && req <= kdDisableIO
}

func sysIoctl(c *Ctx, a *[6]uint64) uint64 {
	b := *a
	q := findIoctl(uint32(a[1]))
	if q == nil {
		req := uint32(a[1])
		const userfaults = 0xaa
		b[2] = c.ptr(a[2])
		if req>>8&0xff == userfaults {
			return c.userfault(&b)
		}
		if foreign(req) {
			return raw(hostIoctl, a[0], unknown) // what the file says to such
		}
		const vhost = 0xaf
		if req>>8&0xff == vhost {
			host.KernelWorkers.Store(true)
		}
		// Without a direction and a size it may be a number, but not one like the emulator's
		// addresses.
		if req&iocDirMask != 0 && req>>iocSizeShift&iocSizeMask != 0 || b[2] < 1<<48 {
			b[2] = Reach(b[2])
		} else {
			b[2] = a[2]
		}
		return c.Block(hostIoctl, &b)
	}
	switch q.arg {
	case argPtr, argBlock:
		b[2] = Reach(c.ptr(a[2]))
	case argConf, argIfreq:
		size, at := 16, 8
		if q.arg == argIfreq {
			size, at = 40, 16
		}
		s := c.alloc(size)
		from := c.ptr(a[2])
		if !CopyIn(s, from) {
			return raw(hostIoctl, a[0], a[1], nobodys)
		}
		to := le64(s[at:])
		put64(s[at:], Reach(c.ptr(to)))
		r := raw(hostIoctl, a[0], a[1], addrOf(s))
		put64(s[at:], to)
		if _, bad := Failed(r); !bad && !CopyOut(from, s) {
			return EFAULT.Ret()
		}
		return r
	}
	// TCSBRK, TCSETSW and the like wait for output.
	if q.arg == argBlock || a[1] == 0x5409 || a[1] == 0x5425 || a[1] == 0x5607 {
		return c.Block(hostIoctl, &b)
	}
	return raw(hostIoctl, a[0], a[1], b[2])
}

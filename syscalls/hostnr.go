package syscalls

// Numbers of x86-64's calls that the translations make.
const (
	hostFstat         = 5
	hostClose         = 3
	hostFstatfs       = 138
	hostStatfs        = 137
	hostGetdents64    = 217
	hostLseek         = 8
	hostMunmap        = 11
	hostPread64       = 17
	hostPwrite64      = 18
	hostGetMempolicy  = 239
	hostMovePages     = 279
	hostIoctl         = 16
	hostPreadv        = 295
	hostPwritev       = 296
	hostReadv         = 19
	hostWritev        = 20
	hostSendmsg       = 46
	hostRecvmsg       = 47
	hostSetsockopt    = 54
	hostUname         = 63
	hostPipe2         = 293
	hostSemctl        = 66
	hostFcntl         = 72
	hostFtruncate     = 77
	hostPersonality   = 135
	hostChroot        = 161
	hostFutex         = 202
	hostIoSubmit      = 209
	hostEpollCtl      = 233
	hostMqOpen        = 240
	hostKeyctl        = 250
	hostOpenat        = 257
	hostNewfstatat    = 262
	hostReadlinkat    = 267
	hostPselect6      = 270
	hostPpoll         = 271
	hostVmsplice      = 278
	hostEpollPwait    = 281
	hostSignalfd4     = 289
	hostRecvmmsg      = 299
	hostFanotifyInit  = 300
	hostPrlimit64     = 302
	hostOpenByHandle  = 304
	hostSendmmsg      = 307
	hostProcessReadv  = 310
	hostProcessWritev = 311
	hostMemfdCreate   = 319
	hostUserfaultfd   = 323
	hostPreadv2       = 327
	hostPwritev2      = 328
	hostStatx         = 332
	hostIoPgetevents  = 333
	hostClockGettime  = 228
	hostOpenat2       = 437
	hostProcMadvise   = 440
	hostEpollPwait2   = 441
	hostFutexWaitv    = 449
	hostFutexRequeue  = 456
	hostSetxattrat    = 463
	hostGetxattrat    = 464

	hostRtSigqueueinfo   = 129
	hostRtTgsigqueueinfo = 297
	hostPidfdSendSignal  = 424
)

const (
	atFDCWD           = ^uint64(99) // -100
	atSymlinkNofollow = 0x100
	atSymlinkFollow   = 0x400
	atEmptyPath       = 0x1000
)

package linuxuser

import "testing"

const testSmaps = `00400000-00480000 r-xp 00000000 fe:00 77                                 /bin/guest
Size:                512 kB
Rss:                 300 kB
Pss:                 150 kB
Anonymous:             4 kB
Swap:                  0 kB
VmFlags: rd mr mw me
10000000-10100000 rw-p 00000000 00:00 0                                  [heap]
Size:               1024 kB
Rss:                 200 kB
Pss:                 180 kB
Anonymous:           200 kB
Swap:                 16 kB
VmFlags: rd wr mr mw me
7e0000000000-7e0000400000 r-xp 00000000 fe:00 99                         /usr/bin/armature
Size:               4096 kB
Rss:                3000 kB
Pss:                1000 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
7e1048000000-7e1048400000 rw-p 00000000 00:00 0 
Size:               4096 kB
Rss:                 500 kB
Pss:                 500 kB
Anonymous:           500 kB
Swap:                  8 kB
VmFlags: rd wr mr mw me
`

// What is resident is that of the guest's mappings.
func TestResident(t *testing.T) {
	r := sumResident([]byte(testSmaps))
	if r.all() != 500 || r.files() != 296 || r["Swap"] != 16 {
		t.Errorf("%d kB resident, %d of files, %d swapped out; want 500, 296, 16", r.all(), r.files(), r["Swap"])
	}
	const rollup = "00400000-7dfffff00000 ---p 00000000 00:00 0                              [rollup]\n" +
		"Rss:                4000 kB\nPss:                1830 kB\nPss_Anon:            684 kB\nPss_File:           1146 kB\nPss_Shmem:             0 kB\nAnonymous:           704 kB\n"
	const wantRollup = "00400000-7dfffff00000 ---p 00000000 00:00 0                              [rollup]\n" +
		"Rss:                 500 kB\nPss:                 330 kB\nPss_Anon:            184 kB\nPss_File:            146 kB\nPss_Shmem:             0 kB\nAnonymous:           204 kB\n"
	if got := string(r.rollup([]byte(rollup))); got != wantRollup {
		t.Errorf("rollup:\n%swant\n%s", got, wantRollup)
	}
	const status = "Name:\tguest\nVmHWM:\t    4300 kB\nVmRSS:\t    4000 kB\nRssAnon:\t     704 kB\nRssFile:\t    3286 kB\nRssShmem:\t      10 kB\nVmData:\t    9999 kB\nVmSwap:\t      24 kB\n"
	const wantStatus = "Name:\tguest\nVmHWM:\t     800 kB\nVmRSS:\t     500 kB\nRssAnon:\t     204 kB\nRssFile:\t     286 kB\nRssShmem:\t      10 kB\nVmData:\t    9999 kB\nVmSwap:\t      16 kB\n"
	if got := string(r.status([]byte(status))); got != wantStatus {
		t.Errorf("status:\n%swant\n%s", got, wantStatus)
	}
	if got := string(resident(nil).status([]byte(status))); got != status {
		t.Errorf("without smaps: status is\n%s", got)
	}
	if got := string(resident(nil).rollup([]byte(rollup))); got != rollup {
		t.Errorf("without smaps: rollup is\n%s", got)
	}
}

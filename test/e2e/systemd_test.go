package e2e

// systemdBoot boots the tree as a container, in a group of processes of its own, in which
// systemd makes its own, until a service of the tree's, which writes /said, ends it.
const systemdBoot = `
mount -t tmpfs tmpfs /run
mkdir $T/groups
cat >$T/boot <<'END'
mount -t cgroup2 none $T/groups
group=$T/groups/armature-test-$$
mkdir $group; for i in 1 $$; do echo $i >$group/cgroup.procs; done # systemd wants process 1 in it
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 unshare --cgroup --net --ipc --uts sh -euc '
	mount -t cgroup2 none /sys/fs/cgroup
	exec systemd-nspawn --quiet --register=no --keep-unit --link-journal=no -D $TREE -b </dev/null' >$T/console 2>&1 || tail -n 30 $T/console
for i in 1 $$; do echo $i >$T/groups/cgroup.procs; done
find $group -depth -type d -exec rmdir {} +
END
unshare --cgroup sh -eu $T/boot
cat $TREE/said
`

// systemdServices are the service that looks around in the running system, and those that
// it starts: one that lasts, one with what systemd has against intruders.
const systemdServices = `
tree() { $A chroot --env DEBIAN_FRONTEND=noninteractive $T/tree "$@"; }
tree apt-get -qq -y --no-install-recommends install systemd-sysv dbus
cd $T/tree/etc/systemd/system
mkdir -p multi-user.target.wants; ln -s ../look.service multi-user.target.wants
printf '%s\n' '[Service]' 'ExecStart=/bin/sh /look.sh' 'ExecStopPost=/bin/systemctl poweroff' >look.service
printf '%s\n' '[Service]' DynamicUser=yes PrivateTmp=yes ProtectSystem=strict "ExecStartPre=/bin/echo serving" "ExecStart=/bin/sleep 1000" "ExecStop=/bin/echo stopping" >last.service
printf '%s\n' '[Service]' Type=oneshot User=daemon SystemCallFilter=@system-service MemoryDenyWriteExecute=yes RestrictNamespaces=yes \
	RestrictAddressFamilies=AF_UNIX LockPersonality=yes PrivateDevices=yes ProtectHome=yes ProtectKernelTunables=yes \
	"ExecStart=/bin/sh -c 'uname -m; id -un; grep Seccomp: /proc/self/status'" >locked.service
cat >$T/tree/look.sh <<'END'
exec >/said 2>&1
uname -m; cat /proc/1/comm; readlink /proc/1/exe
systemctl is-system-running --wait | sed 's/degraded/running/' # of mounts, a user namespace may have too few rights
systemctl list-units --type=service --failed --no-legend
systemctl start last; systemctl is-active last
pid=$(systemctl show -p MainPID --value last); until [ "$(tr '\0' ' ' </proc/$pid/cmdline)" = "/bin/sleep 1000 " ]; do sleep 0.1; done; stat -c %u /proc/$pid | grep -c '^6[1-5]'
systemctl restart last; systemctl stop last; systemctl is-active last
systemctl start locked
journalctl --sync; journalctl --no-pager -o cat -u locked | grep -v -e ing -e ed
journalctl --no-pager -o cat -u last | grep ^s | sort | uniq -c
systemd-run -q --wait sh -c 'exit 3'; echo "transient $?"
systemd-run -q --scope sh -c 'cut -d : -f 3 /proc/self/cgroup | grep -c [.]scope'
systemctl daemon-reexec; systemctl is-active dbus
END
`

// systemd runs the package's tree with systemd as its first process.
func systemd(p *packager) {
	p.run(systemdServices)
	expectLong(p.t, "export TREE="+p.dir+"/tree; $A binfmt install >/dev/null"+systemdBoot, `
			aarch64
			systemd
			/usr/lib/systemd/systemd
			running
			active
			1
			inactive
			aarch64
			daemon
			Seccomp:	2
			      2 serving
			      2 stopping
			transient 3
			1
			active`)
}

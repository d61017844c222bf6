/* System V IPC, POSIX message queues, keyrings, locks and leases: with their errors. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long rc(long r) { return r < 0 ? -errno : r; }
#define show(what, ...) ({ long v_[] = { __VA_ARGS__ }; printf("%s:", what); for (size_t i_ = 0; i_ < COUNT(v_); i_++) printf(" %ld", v_[i_]); printf("\n"); })

static void messages(void)
{
	struct { long type; char text[16]; } m = { 3, "three" };
	int q = msgget(IPC_PRIVATE, 0600);
	struct msqid_ds ds;
	for (long t = 5; t > 0; t--) {
		m.type = t;
		sprintf(m.text, "type %ld", t);
		msgsnd(q, &m, 7, 0);
	}
	show("receive: any", rc(msgrcv(q, &m, 16, 0, 0)), m.type);
	show("of a type", rc(msgrcv(q, &m, 16, 2, 0)), m.type);
	show("the lowest", rc(msgrcv(q, &m, 16, -4, 0)), m.type);
	show("others", rc(msgrcv(q, &m, 16, 4, MSG_EXCEPT)), m.type);
	show("too long", rc(msgrcv(q, &m, 2, 0, 0)), rc(msgrcv(q, &m, 2, 0, MSG_NOERROR)));
	show("none", rc(msgrcv(q, &m, 16, 0, IPC_NOWAIT)), rc(msgsnd(q, &(long){ 0 }, 0, 0)), rc(msgsnd(q, &m, -1, 0)));
	show("control", rc(msgctl(q, IPC_STAT, &ds)), ds.msg_qnum, ds.msg_lrpid == getpid(), ds.msg_perm.mode & 0777, rc(msgctl(q, 77, &ds)));
	ds.msg_qbytes = 8;
	show("set", rc(msgctl(q, IPC_SET, &ds)), rc(msgsnd(q, &m, 7, 0)), rc(msgsnd(q, &m, 7, IPC_NOWAIT)), rc(msgctl(q, IPC_RMID, NULL)), rc(msgctl(q, IPC_RMID, NULL)));
	union { int val; struct semid_ds *b; unsigned short *a; } u;
	int s = semget(IPC_PRIVATE, 2, 0600);
	unsigned short vals[2] = { 3, 4 };
	u.a = vals;
	semctl(s, 0, SETALL, u);
	fflush(stdout);
	pid_t p = fork();
	if (p == 0) {
		struct sembuf ops[2] = { { 0, -2, SEM_UNDO }, { 1, -4, 0 } };
		_exit(semop(s, ops, 2) != 0);
	}
	int st;
	waitpid(p, &st, 0);
	struct sembuf down = { 1, -1, IPC_NOWAIT }, zero = { 1, 0, 0 };
	show("undone", st, semctl(s, 0, GETVAL), semctl(s, 1, GETVAL), semctl(s, 1, GETPID) == p, semctl(s, 1, GETNCNT), rc(semop(s, &down, 1)), rc(semop(s, &zero, 1)), rc(semtimedop(s, (down.sem_flg = 0, &down), 1, &(struct timespec){ 0, 1000000 })));
	show("semaphores", rc(semctl(s, 9, GETVAL)), rc(semctl(s, 0, SETVAL, 100000)), rc(semctl(s, 0, IPC_RMID)), rc(semop(s, &down, 1)), rc(semget(IPC_PRIVATE, 0, 0600)));
	int id = shmget(IPC_PRIVATE, 4096, 0400);
	struct shmid_ds sd;
	show("shared", rc(shmctl(id, IPC_STAT, &sd)), sd.shm_cpid == getpid(), sd.shm_perm.mode & 0777, rc(shmctl(id, SHM_LOCK, NULL)), rc(shmctl(id, SHM_UNLOCK, NULL)), rc(shmctl(id, IPC_RMID, NULL)), rc(shmget(IPC_PRIVATE, 0, 0600)));
}

static volatile int signalled, value;
static void on_signal(int s, siginfo_t *i, void *u) { signalled = s, value = i->si_value.sival_int; }

static void queues(void)
{
	char name[40], b[64];
	sprintf(name, "/armature-%d", getpid());
	struct mq_attr at = { .mq_maxmsg = 4, .mq_msgsize = 32 }, old;
	mqd_t q = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK, 0600, &at);
	unsigned prio = 99;
	show("open", q >= 0, rc(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &at)), rc(mq_open("/armature-none", O_RDWR)), rc(mq_getattr(q, &old)), old.mq_maxmsg, old.mq_msgsize, old.mq_flags == O_NONBLOCK, fcntl(q, F_GETFD));
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 42 };
	sigaction(SIGRTMIN, &(struct sigaction){ .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO }, NULL);
	show("notify", rc(mq_notify(q, &ev)), rc(mq_notify(q, &ev)));
	show("send", rc(mq_send(q, "low", 3, 1)), rc(mq_send(q, "high", 4, 9)), rc(mq_send(q, "mid", 3, 5)), rc(mq_send(q, "low2", 4, 1)), rc(mq_send(q, "full", 4, 1)), rc(mq_send(q, b, 33, 1)), rc(mq_send(q, "x", 1, 99999)));
	show("signalled", signalled == SIGRTMIN, value);
	for (int i = 0; i < 4; i++) {
		long n = mq_receive(q, b, sizeof b, &prio);
		b[n < 0 ? 0 : n] = 0;
		printf("%s %u ", b, prio);
	}
	show("empty", rc(mq_receive(q, b, sizeof b, NULL)), rc(mq_receive(q, b, 8, NULL)));
	at.mq_flags = 0;
	struct timespec past = { 1, 0 }, odd = { 1, -1 };
	show("blocking", rc(mq_setattr(q, &at, &old)), old.mq_flags == O_NONBLOCK, rc(mq_timedreceive(q, b, sizeof b, NULL, &past)), rc(mq_timedreceive(q, b, sizeof b, NULL, &odd)), rc(mq_unlink(name)), rc(mq_unlink(name)), rc(mq_close(q)));
}

static void keys(void)
{
	char b[128] = "";
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	int ring = syscall(SYS_add_key, "keyring", "ring", NULL, 0, KEY_SPEC_PROCESS_KEYRING), k = syscall(SYS_add_key, "user", "armature", "secret", 6, ring);
	show("key", ring > 0, k > 0, rc(syscall(SYS_keyctl, KEYCTL_READ, k, b, sizeof b)), memcmp(b, "secret", 6), syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user", "armature", 0) == k, rc(syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user", "none", 0)));
	long n = syscall(SYS_keyctl, KEYCTL_DESCRIBE, k, b, sizeof b);
	printf("described %d %.5s %s\n", n == (long)strlen(b) + 1, b, strrchr(b, ';') ? strrchr(b, ';') : "");
	show("update", rc(syscall(SYS_keyctl, KEYCTL_UPDATE, k, "longer secret", 13)), rc(syscall(SYS_keyctl, KEYCTL_READ, k, NULL, 0)), rc(syscall(SYS_keyctl, KEYCTL_READ, k, b, 3)), rc(syscall(SYS_keyctl, KEYCTL_READ, k, -8ul, 99)), rc(syscall(SYS_keyctl, KEYCTL_SETPERM, k, 0x3f010000)),
	     rc(syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, k, 100)), rc(syscall(SYS_keyctl, KEYCTL_UNLINK, k, ring)), rc(syscall(SYS_keyctl, KEYCTL_UNLINK, k, ring)));
	show("bad", rc(syscall(SYS_add_key, "nothing", "d", "x", 1, ring)), rc(syscall(SYS_add_key, "user", "d", NULL, 0, ring)), rc(syscall(SYS_request_key, "user", "no such key", NULL, 0)) < 0, rc(syscall(SYS_keyctl, KEYCTL_REVOKE, ring)), rc(syscall(SYS_keyctl, KEYCTL_READ, ring, b, 9)));
}

static void locks(void)
{
	int f = open("locked", O_CREAT | O_RDWR, 0600), g = open("locked", O_RDWR), r = open("locked", O_RDONLY), st;
	ftruncate(f, 100);
	struct flock l = { F_WRLCK, SEEK_SET, 0, 10, 0 }, o = { F_RDLCK, SEEK_SET, 5, 1, 0 };
	show("ofd", rc(fcntl(f, F_OFD_SETLK, &l)), rc(fcntl(g, F_OFD_SETLK, &o)), rc(fcntl(g, F_OFD_GETLK, &o)), o.l_type, o.l_start, o.l_len, o.l_pid, rc(fcntl(g, F_SETLK, &(struct flock){ F_WRLCK, SEEK_SET, 2, 1, 0 })));
	l.l_pid = 1;
	show("pid given", rc(fcntl(f, F_OFD_SETLK, &l)), rc(fcntl(r, F_SETLK, &(struct flock){ F_WRLCK, SEEK_SET, 50, 1, 0 })), rc(fcntl(f, F_SETLK, &(struct flock){ 9, SEEK_SET, 0, 1, 0 })), rc(fcntl(f, F_SETLK, &(struct flock){ F_WRLCK, SEEK_SET, -1, 1, 0 })), rc(fcntl(f, F_SETLK, &(struct flock){ F_WRLCK, SEEK_END, -10, 5, 0 })));
	fflush(stdout);
	pid_t p = fork();
	if (p == 0) {
		struct flock q = { F_WRLCK, SEEK_SET, 0, 0, 0 };
		fcntl(g, F_GETLK, &q);
		show("a child sees", q.l_type, q.l_start, q.l_len, q.l_pid);
		q = (struct flock){ F_WRLCK, SEEK_SET, 90, 0, 0 };
		fcntl(g, F_GETLK, &q);
		show("and", q.l_type, q.l_start, q.l_len, q.l_pid == getppid());
		fflush(stdout);
		_exit(0);
	}
	waitpid(p, &st, 0);
	show("flock", rc(flock(f, LOCK_EX)), rc(flock(g, LOCK_SH | LOCK_NB)), rc(flock(f, LOCK_UN)), rc(flock(g, LOCK_SH | LOCK_NB)), rc(flock(g, 77)));
	/* A lease is broken by who opens, who waits until it is given up. */
	sigaction(SIGIO, &(struct sigaction){ .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO }, NULL);
	close(f), close(g), close(r);
	f = open("leased", O_CREAT | O_RDWR, 0600);
	show("lease", rc(fcntl(f, F_SETLEASE, F_RDLCK)), rc(fcntl(f, F_SETLEASE, F_WRLCK)), rc(fcntl(f, F_GETLEASE)), rc(open("leased", O_RDONLY | O_NONBLOCK)), signalled == SIGIO, rc(fcntl(f, F_SETLEASE, F_UNLCK)), rc(fcntl(f, F_SETLEASE, 9)));
	int q[2];
	pipe(q);
	show("pipe", fcntl(q[1], F_SETPIPE_SZ, 5000), fcntl(q[0], F_GETPIPE_SZ), rc(fcntl(f, F_GETPIPE_SZ)), rc(fcntl(q[0], F_SETPIPE_SZ, -1)));
	uint64_t hint = 2, got = 9;
	show("hints", rc(fcntl(f, F_SET_RW_HINT, &hint)), rc(fcntl(f, F_GET_RW_HINT, &got)), got, (hint = 77, rc(fcntl(f, F_SET_RW_HINT, &hint))));
	show("owner", rc(fcntl(q[0], F_SETOWN, getpid())), fcntl(q[0], F_GETOWN) == getpid(), rc(fcntl(q[0], F_SETSIG, SIGRTMIN)), fcntl(q[0], F_GETSIG) == SIGRTMIN, rc(fcntl(q[0], F_SETSIG, 99)), rc(fcntl(q[0], F_SETOWN, -getpgrp())), fcntl(q[0], F_GETOWN) == -getpgrp());
	show("dup", fcntl(f, F_DUPFD_CLOEXEC, 50), fcntl(50, F_GETFD), rc(fcntl(f, F_DUPFD, -1)), rc(syscall(SYS_fcntl, f, 1027 /* F_DUPFD_QUERY */, 50)) >= -EINVAL, rc(fcntl(f, F_NOTIFY, 1)));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	messages();
	queues();
	keys();
	locks();
	return 0;
}

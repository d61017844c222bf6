/* Sockets: control messages, options, many messages at a time, netlink, interfaces' ioctls, filters. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static long rc(long r) { return r < 0 ? -errno : r; }
#define show(what, ...) ({ long v_[] = { __VA_ARGS__ }; printf("%s:", what); for (size_t i_ = 0; i_ < COUNT(v_); i_++) printf(" %ld", v_[i_]); printf("\n"); })

static char control[512] __attribute__((aligned(8)));
static char text[64];

/* get receives a message with its control messages. */
static struct msghdr got;
static long get(int fd, size_t room, int flags)
{
	static struct iovec v;
	v = (struct iovec){ text, sizeof text };
	memset(control, 0, sizeof control);
	got = (struct msghdr){ .msg_iov = &v, .msg_iovlen = 1, .msg_control = room ? control : NULL, .msg_controllen = room };
	return rc(recvmsg(fd, &got, flags));
}

/* what prints the levels, types and lengths of the control messages. */
static void what(const char *name)
{
	printf("%s: flags %x", name, got.msg_flags & ~MSG_CMSG_CLOEXEC);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&got); c; c = CMSG_NXTHDR(&got, c))
		printf(" [%d %d %ld]", c->cmsg_level, c->cmsg_type, (long)c->cmsg_len);
	printf("\n");
}

static long put(int fd, const char *s, int level, int type, const void *data, size_t n)
{
	struct iovec v = { (char *)s, strlen(s) };
	char b[256] __attribute__((aligned(8))) = { 0 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = b, .msg_controllen = CMSG_SPACE(n) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n), .cmsg_level = level, .cmsg_type = type };
	memcpy(CMSG_DATA(c), data, n);
	return rc(sendmsg(fd, &m, MSG_NOSIGNAL));
}

static void passing(void)
{
	int sv[2], p[2], on = 1;
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	pipe(p);
	show("send two descriptors", put(sv[0], "fds", SOL_SOCKET, SCM_RIGHTS, p, 8));
	get(sv[1], sizeof control, MSG_CMSG_CLOEXEC);
	what("rights");
	int *fd = (int *)CMSG_DATA(CMSG_FIRSTHDR(&got));
	show("they work", rc(write(fd[1], "x", 1)), rc(read(p[0], text, 1)), rc(fcntl(fd[0], F_GETFD)));
	close(fd[0]), close(fd[1]);
	put(sv[0], "fds", SOL_SOCKET, SCM_RIGHTS, p, 8);
	get(sv[1], CMSG_LEN(4), 0);
	what("room for one");
	close(*(int *)CMSG_DATA(CMSG_FIRSTHDR(&got)));
	put(sv[0], "fds", SOL_SOCKET, SCM_RIGHTS, p, 8);
	get(sv[1], 0, 0);
	what("room for none");
	int bad[2] = { 999, -1 };
	struct ucred c = { getpid(), getuid(), getgid() };
	show("bad: descriptor, type, level", put(sv[0], "x", SOL_SOCKET, SCM_RIGHTS, bad, 8), put(sv[0], "x", SOL_SOCKET, 99, p, 8), put(sv[0], "other", 77, 1, p, 8), get(sv[1], 0, 0));
	setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	setsockopt(sv[1], SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on);
	show("credentials", put(sv[0], "creds", SOL_SOCKET, SCM_CREDENTIALS, &c, sizeof c), put(sv[0], "x", SOL_SOCKET, SCM_CREDENTIALS, &c, 4));
	show("got", get(sv[1], sizeof control, 0));
	what("credentials and time");
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&got); h; h = CMSG_NXTHDR(&got, h))
		if (h->cmsg_type == SCM_CREDENTIALS)
			show("are mine", memcmp(CMSG_DATA(h), &c, sizeof c) == 0);
	fflush(stdout);
	if (fork() == 0)
		_exit(write(sv[0], "child", 5) != 5);
	int st;
	pid_t pid = wait(&st);
	get(sv[1], sizeof control, 0);
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&got); h; h = CMSG_NXTHDR(&got, h))
		if (h->cmsg_type == SCM_CREDENTIALS)
			show("a child's", ((struct ucred *)CMSG_DATA(h))->pid == pid, st);
	socklen_t n = sizeof c;
	c.pid = 0;
	show("peer", rc(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &c, &n)), c.pid == getpid(), n);
}

static void internet(void)
{
	int u[2], on = 1, val = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } }, b;
	socklen_t n = sizeof a;
	for (int i = 0; i < 2; i++)
		u[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bind(u[1], (void *)&a, sizeof a);
	getsockname(u[1], (void *)&a, &n);
	connect(u[0], (void *)&a, sizeof a);
	static const struct { int level, name; } want[] = { { IPPROTO_IP, IP_PKTINFO }, { IPPROTO_IP, IP_RECVTTL }, { IPPROTO_IP, IP_RECVTOS }, { IPPROTO_IP, IP_RECVORIGDSTADDR }, { SOL_SOCKET, SO_TIMESTAMPNS }, { SOL_SOCKET, SO_RXQ_OVFL } };
	for (size_t i = 0; i < COUNT(want); i++)
		setsockopt(u[1], want[i].level, want[i].name, &on, sizeof on);
	send(u[0], "datagram", 8, 0);
	show("datagram", get(u[1], sizeof control, 0));
	what("ip");
	setsockopt(u[1], SOL_SOCKET, SO_TIMESTAMPING, &val, sizeof val);
	send(u[0], "longer than the room", 20, 0);
	struct iovec v = { text, 4 };
	got = (struct msghdr){ .msg_name = &b, .msg_namelen = sizeof b, .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	show("truncated", rc(recvmsg(u[1], &got, MSG_TRUNC)), got.msg_namelen);
	what("timestamping");
	int ttl = 7;
	show("ttl", put(u[0], "ttl", IPPROTO_IP, IP_TTL, &ttl, 4), get(u[1], sizeof control, 0));
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&got); h; h = CMSG_NXTHDR(&got, h))
		if (h->cmsg_level == IPPROTO_IP && h->cmsg_type == IP_TTL)
			show("is", *(int *)CMSG_DATA(h));
	/* Errors queued: nobody listens there. */
	int e = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in none = a;
	int busy = socket(AF_INET, SOCK_DGRAM, 0);
	none.sin_port = 0;
	bind(busy, (void *)&none, sizeof none);
	getsockname(busy, (void *)&none, &n);
	close(busy);
	setsockopt(e, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	connect(e, (void *)&none, sizeof none);
	show("refused", rc(send(e, "x", 1, 0)), rc(poll(&(struct pollfd){ e, POLLIN }, 1, 10000)), get(e, sizeof control, MSG_ERRQUEUE));
	what("error queue");
	/* Many at a time. */
	struct mmsghdr out[3], in[4];
	struct iovec ov[3] = { { "one", 3 }, { "two", 3 }, { "three", 5 } }, iv[4];
	static char bufs[4][8];
	memset(out, 0, sizeof out), memset(in, 0, sizeof in);
	for (int i = 0; i < 4; i++) {
		if (i < 3)
			out[i].msg_hdr = (struct msghdr){ .msg_iov = &ov[i], .msg_iovlen = 1 };
		iv[i] = (struct iovec){ bufs[i], 8 };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &iv[i], .msg_iovlen = 1 };
	}
	show("many", rc(sendmmsg(u[0], out, 3, 0)), out[2].msg_len, rc(recvmmsg(u[1], in, 4, MSG_WAITFORONE, NULL)), in[2].msg_len, in[3].msg_len, rc(recvmmsg(u[1], in, 4, MSG_DONTWAIT, NULL)));
	/* A filter: only datagrams that begin with y, of 3 bytes at most. */
	struct sock_filter prog[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1), BPF_STMT(BPF_RET | BPF_K, 11), BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog f = { COUNT(prog), prog };
	show("filter", rc(setsockopt(u[1], SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof f)), rc(send(u[0], "no", 2, 0)), rc(send(u[0], "yes!!", 5, 0)), rc(recv(u[1], text, sizeof text, 0)), rc(recv(u[1], text, sizeof text, MSG_DONTWAIT)),
	     rc(setsockopt(u[1], SOL_SOCKET, SO_DETACH_FILTER, &on, sizeof on)), rc(setsockopt(u[1], SOL_SOCKET, 50 /* ATTACH_BPF */, &on, 4)));
	close(u[0]), close(u[1]), close(e);
}

static void streams(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof a;
	int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
	bind(l, (void *)&a, sizeof a);
	listen(l, 5);
	getsockname(l, (void *)&a, &n);
	show("connect", connect(c, (void *)&a, n) == 0 || errno == EINPROGRESS);
	int s = accept4(l, (void *)&a, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
	poll(&(struct pollfd){ c, POLLOUT }, 1, 10000);
	int err = 5;
	n = sizeof err;
	show("accepted", rc(fcntl(s, F_GETFD)), !!(fcntl(s, F_GETFL) & O_NONBLOCK), rc(getsockopt(c, SOL_SOCKET, SO_ERROR, &err, &n)), err, rc(accept4(l, NULL, NULL, 1)));
	struct tcp_info ti;
	n = sizeof ti;
	show("info", rc(getsockopt(c, IPPROTO_TCP, TCP_INFO, &ti, &n)), n == sizeof ti, ti.tcpi_state);
	struct linger lg = { 1, 3 };
	n = sizeof lg;
	show("linger", rc(setsockopt(c, SOL_SOCKET, SO_LINGER, &lg, sizeof lg)), (lg.l_linger = 9, rc(getsockopt(c, SOL_SOCKET, SO_LINGER, &lg, &n))), lg.l_linger, rc(setsockopt(c, SOL_SOCKET, SO_LINGER, &lg, 4)));
	struct timeval tv = { 0, 20000 };
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	fcntl(s, F_SETFL, 0);
	show("timeout", rc(recv(s, text, 1, 0)));
	setsockopt(s, SOL_SOCKET, SO_OOBINLINE, &on, 4);
	send(c, "ab", 2, 0), send(c, "!", 1, MSG_OOB);
	poll(&(struct pollfd){ s, POLLPRI }, 1, 10000);
	int mark = 5, q = 0;
	show("urgent", rc(recv(s, text, 2, MSG_WAITALL)), rc(ioctl(s, 0x8905 /* SIOCATMARK */, &mark)), mark, rc(ioctl(s, FIONREAD, &q)), q);
	show("shutdown", rc(shutdown(c, SHUT_WR)), rc(recv(s, text, 9, MSG_WAITALL)), rc(recv(s, text, 9, 0)), rc(send(c, "x", 1, MSG_NOSIGNAL)), rc(shutdown(c, 9)));
	close(c), close(s), close(l);
	struct sockaddr_un un = { AF_UNIX, "\0abstract-armature" }, got_;
	int x = socket(AF_UNIX, SOCK_SEQPACKET, 0), y = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	sprintf(un.sun_path + 1, "armature-%d", getpid());
	n = sizeof got_;
	show("abstract", rc(bind(x, (void *)&un, 20)), rc(listen(x, 1)), rc(connect(y, (void *)&un, 20)), rc(connect(y, (void *)&un, 19)), rc(getpeername(y, (void *)&got_, &n)), n, memcmp(&got_, &un, 20));
	close(x), close(y);
}

static void netlink(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), found = 0, done = 0, kinds = 0;
	struct { struct nlmsghdr h; struct rtgenmsg g; } req = { { sizeof req, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, 0 }, { AF_UNSPEC } };
	static char b[65536];
	send(fd, &req, sizeof req, 0);
	while (!done) {
		long n = recv(fd, b, sizeof b, 0);
		for (struct nlmsghdr *h = (void *)b; n > 0 && NLMSG_OK(h, n) && !done; h = NLMSG_NEXT(h, n)) {
			done = h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR;
			if (h->nlmsg_type != RTM_NEWLINK)
				continue;
			struct ifinfomsg *i = NLMSG_DATA(h);
			int left = IFLA_PAYLOAD(h);
			for (struct rtattr *r = IFLA_RTA(i); RTA_OK(r, left); r = RTA_NEXT(r, left)) {
				found |= r->rta_type == IFLA_IFNAME && !strcmp(RTA_DATA(r), "lo");
				kinds |= r->rta_type == IFLA_MTU;
			}
		}
		if (n <= 0)
			break;
	}
	int pkt = 1;
	socklen_t n = sizeof pkt;
	show("netlink", done, found, kinds, rc(getsockopt(fd, 270, 3 /* NETLINK_PKTINFO */, &pkt, &n)), pkt, rc(setsockopt(fd, 270, 10, &pkt, 4)), rc(setsockopt(fd, 270, 99, &pkt, 4)));
	close(fd);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r = { .ifr_name = "lo" };
	show("lo", rc(ioctl(fd, SIOCGIFINDEX, &r)), r.ifr_ifindex, rc(ioctl(fd, SIOCGIFNAME, &r)), strcmp(r.ifr_name, "lo"), rc(ioctl(fd, SIOCGIFFLAGS, &r)), !!(r.ifr_flags & IFF_LOOPBACK), rc(ioctl(fd, SIOCGIFMTU, &r)), r.ifr_mtu,
	     rc(ioctl(fd, SIOCGIFADDR, &r)), ((struct sockaddr_in *)&r.ifr_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK), rc(ioctl(fd, SIOCGIFHWADDR, &r)), rc(ioctl(fd, 0x89f0, &r)));
	static struct ifreq list[32];
	struct ifconf c = { .ifc_len = sizeof list, .ifc_req = list }, none = { 0 };
	show("list", rc(ioctl(fd, SIOCGIFCONF, &c)), c.ifc_len >= (int)sizeof *list, rc(ioctl(fd, SIOCGIFCONF, &none)), none.ifc_len == c.ifc_len, none.ifc_req == NULL);
	uint32_t drv[64] = { 3 /* GDRVINFO */ };
	strcpy(r.ifr_name, "lo"), r.ifr_data = (void *)drv;
	show("ethtool", rc(ioctl(fd, 0x8946, &r)), r.ifr_data == (void *)drv);
	strcpy(r.ifr_name, "nothing");
	show("none", rc(ioctl(fd, SIOCGIFINDEX, &r)));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(100);	/* where there is no loopback */
	passing();
	internet();
	streams();
	netlink();
	return 0;
}

/* Signals that a program sends to itself, blocks, ignores and waits for, within
 * one thread. */
#include "sig.h"
#include <errno.h>

static volatile int order[40], norder;
static void note(int sig) { order[norder++] = sig; }
static void info(int sig, siginfo_t *si, void *ctx)
{
	(void)ctx;
	printf("info %d code %d pid %d uid %d value %d\n", sig, si->si_code, si->si_pid == getpid(), si->si_uid == getuid(), si->si_code == SI_QUEUE ? si->si_value.sival_int : 0);
}

int main(void)
{
	static const int sigs[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGWINCH };
	struct sigaction sa = { .sa_sigaction = info, .sa_flags = SA_SIGINFO };
	for (size_t i = 0; i < COUNT(sigs); i++) {
		sigaction(sigs[i], &sa, NULL);
		raise(sigs[i]);
	}
	kill(getpid(), SIGUSR1);
	union sigval v = { .sival_int = 77 };
	sigqueue(getpid(), SIGUSR2, v);
	signal(SIGRTMIN + 3, SIG_IGN);
	sigqueue(getpid(), SIGRTMIN + 3, v);
	printf("ignored\n");
	/* Blocked signals wait, and come when they may. */
	for (size_t i = 0; i < COUNT(sigs); i++)
		signal(sigs[i], note);
	sigset_t all, pend, old;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGTERM);
	kill(getpid(), SIGHUP);
	printf("blocked: %d delivered\n", norder);
	sigpending(&pend);
	printf("pending: usr1 %d term %d hup %d int %d\n", sigismember(&pend, SIGUSR1), sigismember(&pend, SIGTERM), sigismember(&pend, SIGHUP), sigismember(&pend, SIGINT));
	struct timespec zero = { 0, 0 };
	siginfo_t si;
	sigset_t one;
	sigemptyset(&one);
	sigaddset(&one, SIGHUP);
	printf("sigtimedwait %d", sigtimedwait(&one, &si, &zero));
	int r = sigtimedwait(&one, &si, &zero);
	printf(" %d %s\n", r, r < 0 && errno == EAGAIN ? "EAGAIN" : "");
	sigprocmask(SIG_SETMASK, &old, NULL);
	int usr1 = 0, term = 0;
	for (int i = 0; i < norder; i++) {
		usr1 += order[i] == SIGUSR1;
		term += order[i] == SIGTERM;
	}
	printf("delivered %d: usr1 %d term %d\n", norder, usr1, term);
	printf("%d %d %d\n", sigaction(SIGKILL, &sa, NULL), sigaction(0, NULL, NULL), kill(getpid(), 0));
	return 0;
}

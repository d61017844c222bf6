/* A signal that the handler of a fault blocks never interrupts that handler, also not if
 * it came at the time of the fault. */
#define _GNU_SOURCE
#include "t.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static char *page;
static atomic_int nested, signals, faults, done;

static void usr1(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)si;
	nested += sigismember(&((ucontext_t *)uc)->uc_sigmask, SIGUSR1);
	signals++;
}

static void segv(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)si, (void)uc;
	faults++;
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void *sends(void *to)
{
	while (!done)
		pthread_kill(*(pthread_t *)to, SIGUSR1);
	return NULL;
}

int main(void)
{
	struct sigaction a = { .sa_sigaction = usr1, .sa_flags = SA_SIGINFO | SA_RESTART }, b = { .sa_sigaction = segv, .sa_flags = SA_SIGINFO };
	sigaddset(&b.sa_mask, SIGUSR1);
	sigaction(SIGUSR1, &a, NULL);
	sigaction(SIGSEGV, &b, NULL);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t, self = pthread_self();
	pthread_create(&t, NULL, sends, &self);
	for (int i = 0; i < 5000; i++) {
		mprotect(page, 4096, PROT_READ);
		*(volatile char *)page = i;
	}
	done = 1;
	pthread_join(t, NULL);
	printf("faults %d signals %d nested %d\n", faults, signals > 0, nested);
	return 0;
}

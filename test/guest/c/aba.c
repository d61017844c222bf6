/*
 * A lock-free stack of few nodes that several threads, or processes, pop and push.
 */
#include "t.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 4, ROUNDS = 200000 };

/* A lock-free stack of nodes, without a count in its head: popping is safe only
 * because a store exclusive fails when the head was changed and changed back. On
 * hosts without such instructions the head has a count. */
struct node { struct node *next; _Atomic int owned; };
static struct shared {
	struct node *head, nodes[8];
	_Atomic int bad;
} *s;
#define head (s->head)
#define nodes (s->nodes)
#define bad (s->bad)
#ifdef __aarch64__
static struct node *pop(void)
{
	struct node *h, *n;
	unsigned fail;
	do {
		__asm__ volatile("ldaxr %0, %1" : "=r"(h) : "Q"(head) : "memory");
		if (!h) {
			__asm__ volatile("clrex" ::: "memory");
			return NULL;
		}
		n = *(struct node *volatile *)&h->next;
		__asm__ volatile("stlxr %w0, %2, %1" : "=&r"(fail), "=Q"(head) : "r"(n) : "memory");
	} while (fail);
	return h;
}
#ifdef MIXED
/* Pushed by an atomic instruction: a store exclusive must see that, too. */
static void push(struct node *x)
{
	struct node *h, *was = *(struct node *volatile *)&head;
	do {
		h = was;
		*(struct node *volatile *)&x->next = h;
		__asm__ volatile(".arch_extension lse\n\tcasal %0, %2, %1" : "+r"(was), "+Q"(head) : "r"(x) : "memory");
	} while (was != h);
}
#else
static void push(struct node *x)
{
	struct node *h;
	unsigned fail;
	do {
		__asm__ volatile("ldaxr %0, %1" : "=r"(h) : "Q"(head) : "memory");
		*(struct node *volatile *)&x->next = h;
		__asm__ volatile("stlxr %w0, %2, %1" : "=&r"(fail), "=Q"(head) : "r"(x) : "memory");
	} while (fail);
}
#endif
#else
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct node *pop(void)
{
	pthread_mutex_lock(&mu);
	struct node *h = head;
	if (h)
		head = h->next;
	pthread_mutex_unlock(&mu);
	return h;
}
static void push(struct node *x)
{
	pthread_mutex_lock(&mu);
	x->next = head;
	head = x;
	pthread_mutex_unlock(&mu);
}
#endif

static void *stack(void *p)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct node *x = pop(), *y = pop();
		if (x && atomic_exchange(&x->owned, 1))
			bad = 1;
		if (y && atomic_exchange(&y->owned, 1))
			bad = 1;
		if (x) {
			atomic_store(&x->owned, 0);
			push(x);
		}
		if (y) {
			atomic_store(&y->owned, 0);
			push(y);
		}
	}
	return p;
}

int main(void)
{
	s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < COUNT(nodes); i++)
		push(&nodes[i]);
#ifdef FORKED
	for (int i = 0; i < N; i++) {
		if (fork() == 0) {
			stack(NULL);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
#else
	pthread_t t[N];
	for (intptr_t i = 0; i < N; i++)
		pthread_create(&t[i], NULL, stack, (void *)i);
	for (int i = 0; i < N; i++)
		pthread_join(t[i], NULL);
#endif
	int left = 0;
	while (left < 100 && pop()) /* a corrupt one may be a ring */
		left++;
	printf("stack %d corrupt %d\n", left, bad);
	return 0;
}

/* C11 atomics of every width and operation. The table builds this for ARMv8.0
 * (exclusives), 8.1 (LSE) and with the choice at run time. One thread: what is
 * tested is values and results, not races. */
#include "t.h"
#include <stdatomic.h>

#define OPS(T, N)                                                                        \
	static _Atomic T N##_v[4];                                                       \
	static NOINLINE uint64_t N##_op(int k, T x, T y)                                 \
	{                                                                                \
		_Atomic T *p = &N##_v[(unsigned)k % 4];                                  \
		T old = 0;                                                               \
		switch (k) {                                                             \
		case 0: old = atomic_fetch_add(p, x); break;                             \
		case 1: old = atomic_fetch_sub(p, x); break;                             \
		case 2: old = atomic_fetch_and(p, x | 0x55); break;                      \
		case 3: old = atomic_fetch_or(p, x); break;                              \
		case 4: old = atomic_fetch_xor(p, x); break;                             \
		case 5: old = atomic_exchange(p, x); break;                              \
		case 6: old = y; old = (T)(atomic_compare_exchange_strong(p, &old, x) + old * 2); break; \
		case 7: old = atomic_load(p); old = (T)(atomic_compare_exchange_strong(p, &old, x) + old * 2); break; \
		case 8: old = atomic_load_explicit(p, memory_order_relaxed); while (!atomic_compare_exchange_weak(p, &old, (T)(old * 3 + 1))) ; break; \
		case 9: atomic_store(p, x); old = atomic_load_explicit(p, memory_order_acquire); break; \
		case 10: atomic_store_explicit(p, y, memory_order_release); old = atomic_load(p); break; \
		case 11: old = atomic_fetch_add_explicit(p, x, memory_order_relaxed); break; \
		case 12: old = atomic_fetch_or_explicit(p, x, memory_order_acquire); break; \
		case 13: old = atomic_fetch_and_explicit(p, (T)~x, memory_order_release); break; \
		case 14: old = atomic_exchange_explicit(p, y, memory_order_acquire); break; \
		case 15: old = __atomic_nand_fetch((T *)p, x, __ATOMIC_SEQ_CST); break;  \
		case 16: old = __atomic_add_fetch((T *)p, x, __ATOMIC_ACQ_REL); break;   \
		case 17: old = __sync_fetch_and_sub((T *)p, x); break;                   \
		case 18: old = __sync_val_compare_and_swap((T *)p, y, x); break;         \
		case 19: old = __sync_lock_test_and_set((T *)p, x); __sync_synchronize(); break; \
		case 20: (void)atomic_fetch_add(p, 1); old = atomic_load(p); break;      \
		case 21: (void)atomic_fetch_or(p, x); old = atomic_load(p); break;       \
		}                                                                        \
		return (uint64_t)old;                                                    \
	}
OPS(int8_t, s8) OPS(uint8_t, u8) OPS(int16_t, s16) OPS(uint16_t, u16) OPS(int32_t, s32) OPS(uint32_t, u32) OPS(int64_t, s64) OPS(uint64_t, u64)

struct pair { uint64_t a, b; } __attribute__((aligned(16)));
static struct pair shared;
typedef unsigned __int128 u128;

static NOINLINE int cas16(u128 *p, u128 *want, u128 v)
{
#ifdef __aarch64__
	return __atomic_compare_exchange_n(p, want, v, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
#else
	if (*p == *want) { *p = v; return 1; }
	*want = *p;
	return 0;
#endif
}

int main(void)
{
#define RUN(T, N)                                                           \
	for (int k = 0; k < 22; k++) {                                      \
		char name[32];                                              \
		snprintf(name, sizeof name, #N " %d", k);                   \
		begin(name);                                                \
		for (size_t i = 0; i < COUNT(ints); i++)                    \
			for (size_t j = 0; j < COUNT(ints); j += 5) {       \
				mix(N##_op(k, (T)ints[i], (T)ints[j]));     \
				mix_bytes((void *)N##_v, sizeof N##_v);     \
			}                                                   \
		end();                                                      \
	}
	RUN(int8_t, s8) RUN(uint8_t, u8) RUN(int16_t, s16) RUN(uint16_t, u16) RUN(int32_t, s32) RUN(uint32_t, u32) RUN(int64_t, s64) RUN(uint64_t, u64)
	atomic_flag f = ATOMIC_FLAG_INIT;
	printf("flag %d", atomic_flag_test_and_set(&f));
	printf(" %d", atomic_flag_test_and_set(&f));
	atomic_flag_clear(&f);
	printf(" %d\n", atomic_flag_test_and_set(&f));
	begin("pair");
	for (size_t i = 0; i < COUNT(ints); i++) {
		u128 want = (u128)ints[i] << 64 | 5;
		mix(cas16((u128 *)&shared, &want, 77));
		mix(want);
		mix(cas16((u128 *)&shared, &want, (u128)ints[i] << 64 | ints[COUNT(ints) - 1 - i]));
		mix(shared);
	}
	end();
	return 0;
}

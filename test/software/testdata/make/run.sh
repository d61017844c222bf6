# A library and two programs, by make and gcc: built, tested, built in part, and again
# without optimisation.
make -j2 all check >log
tail -n 1 log
printf '%s\n' '3 * (4 + 5)' 'sin(1) ^ 2 + cos(1) ^ 2' '10 % 4 + gamma(5)' 'oops' | ./calc
sleep 1
touch value.c
make 2>&1 | sed -n 's/.* -c -o \([a-z]*\.o\).*/again: \1/p; s/^ar .*/again: the archive/p'
make -q && echo "up to date"
make clean >/dev/null
make CFLAGS=-O0 LDFLAGS=-static test >/dev/null
./test
file -b test | cut -d, -f1-2

# A C++ project with a shared library, by cmake: configured, built, tested and installed with
# ninja, and once more with make.
cmake -G Ninja -S . -B ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PWD/installed" >log
sed -n 's/^-- found: //p' log
ninja -C ninja >&2
(cd ninja && ctest --output-on-failure) >&2
ninja -C ninja install >&2
i=0
while [ $i -lt 300 ]; do echo "the cat and the dog and the $i"; i=$((i+1)); done >text
LD_LIBRARY_PATH=$(echo installed/lib*) installed/bin/count <text
readlink installed/lib/libwords.so installed/lib/libwords.so.1
cmake -S . -B make -DCMAKE_BUILD_TYPE=Debug >log2
make -C make -j2 check >&2
make/check deflate

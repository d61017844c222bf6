# A repository of some thousand files: commits, branches, a merge, gc, fsck, clone, archive, bisect.
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z' HOME="$PWD"
git config --global init.defaultBranch master
git init -q one
cd one
i=0
while [ $i -lt 10 ]; do
	mkdir -p dir$i
	# Each file holds a part of a long list.
	seq $((i * 10000)) $((i * 10000 + 9999)) | split -l 100 -a 3 - dir$i/part
	i=$((i + 1))
done
git add .
git commit -qm one
for i in 1 2 3 4 5; do
	echo $i >>dir1/partaaa
	git commit -qam c$i
done
git checkout -qb other HEAD~2
sed -i 1,50d dir2/partaab
git mv dir3/partaaa dir3/moved
git commit -qam other
git merge -qm merge master
git log --oneline --graph | cut -c1-4 | tr '\n' '/'; echo
git rev-parse 'HEAD^{tree}'
git gc -q --aggressive --prune=now
git fsck --full --strict 2>&1
git clone -q --no-local . ../two
cd ../two
git rev-parse HEAD
git log --oneline | wc -l
git rev-list --all --objects | wc -l
git status --short | wc -l
git grep -c 777 | wc -l
git diff --stat -M HEAD~1 | tail -n 1
git archive HEAD | tar -t | wc -l
git bisect start HEAD HEAD~4 >/dev/null
git bisect run sh -c '[ $(grep -c . dir1/partaaa) -lt 102 ]' | grep -c 'is the first bad commit'

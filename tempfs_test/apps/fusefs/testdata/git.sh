# A repository lives on the mount. git(1) maps its packs and index, renames over its lock files, and judges with fsck and status.
clean() { git fsck --strict --no-dangling && test -z "$(git status --porcelain)"; }

## init
git init -q -b main repo

## add and commit
cd repo
mkdir -p src/deep
for i in $(seq 20); do seq $i $((i * 20)) >src/deep/$i.txt; done
printf '#!/bin/sh\necho runs\n' >run
chmod 755 run
ln -s src/deep/1.txt link
ln -s ../outside dangling
git add .
git commit -qm first
clean

## a branch, and merge
cd repo
git switch -qc topic
echo topic >>src/deep/1.txt
git mv src/deep/2.txt moved.txt
git commit -qam topic
git switch -q main
echo main >>src/deep/20.txt
git commit -qam main
git merge -q -m merge topic
test -f moved.txt
test "$(tail -1 src/deep/1.txt)" = topic
clean

## a conflict, and abort
cd repo
git switch -qc other main~2
echo other >>src/deep/20.txt
git commit -qam other
fails git merge -q main
git merge --abort
git switch -q main
clean

## rebase
cd repo
git switch -q other
echo clean >new.txt
git add .
git commit -qm new
git rebase -q -X theirs main
git switch -q main
git merge -q --ff-only other
clean

## stash
cd repo
echo dirty >>run
git stash -q
clean
git stash pop -q
test "$(tail -1 run)" = dirty
git restore run
clean

## many commits
cd repo
for i in $(seq 8); do echo $i >>log; git add log; git commit -qm "commit $i"; done
clean

## gc
cd repo
git gc -q --aggressive --prune=now
git repack -adq --write-bitmap-index
test "$(git count-objects)" = "0 objects, 0 kilobytes"
clean

## clone
git clone -q repo clone
cd clone
test "$(git rev-parse HEAD)" = "$(git -C ../repo rev-parse HEAD)"
clean

## clone over a transport
git clone -q --no-local --bare repo bare.git
git -C bare.git fsck --strict

## modes and links are kept
cd clone
test "$(./run)" = runs
test "$(stat -c %a run)" = 755
test "$(readlink link)" = src/deep/1.txt
test "$(readlink dangling)" = ../outside
diff -r --no-dereference -x .git . ../repo

## push, and fetch
cd clone
echo pushed >p
git add p
git commit -qm push
git push -q ../bare.git HEAD:main
cd ../repo
git fetch -q ../bare.git main
git merge -q --ff-only FETCH_HEAD
test -f p
clean

## worktree
cd repo
git worktree add -q ../tree
(cd ../tree && clean)
git worktree remove ../tree
fails test -e ../tree

## archive
git -C repo archive HEAD | tar t | grep -x run

## checkout of all again
cd repo
git ls-files -z | xargs -0 rm
git checkout -q .
clean

# A tree goes to the mount, on it, and back. What has been transferred once is not transferred again. Times of symbolic links are left out (-J): an Fs cannot set them.
# Without --modify-window=-1 rsync leaves directories the times that they got by being filled, if the second is right.
sync() { rsync -aHSJ --modify-window=-1 --numeric-ids --delete "$@"; }
nothing_to_sync() { sync -ci "$@" | diff - /dev/null; }

## make a tree
tree

## copy
sync tree/ copy/
diff -a <(listing tree) <(listing copy)

## again: nothing, by checksums
nothing_to_sync tree/ copy/

## what changed
echo more >>tree/a/11
chmod 700 tree/a/12
chown 9:9 tree/a/13
touch -d 2002-02-02 tree/a/14
test "$(sync -i tree/ copy/ | grep '^>f')" = $'>f.st...... a/11\n>f..t...... a/14'
nothing_to_sync tree/ copy/

## what is gone
rm tree/a/15
rm -r tree/a/b
sync tree/ copy/
fails test -e copy/a/b
nothing_to_sync tree/ copy/

## what is called otherwise
mv tree/random tree/renamed
mv tree/empty tree/a/moved
sync --fuzzy tree/ copy/
fails test -e copy/random
nothing_to_sync tree/ copy/

## a file that became a directory, and back
rm tree/a/16
mkdir tree/a/16
echo x >tree/a/16/x
rmdir tree/private
echo file >tree/private
sync --force tree/ copy/
test -f copy/a/16/x
test -f copy/private
nothing_to_sync tree/ copy/

## in place
printf patch | dd of=tree/renamed bs=1 seek=150000 conv=notrunc status=none
sync --inplace --no-whole-file --no-S tree/ copy/
cmp tree/renamed copy/renamed

## to the host and back
sync tree/ $HOST/out/
sync $HOST/out/ back/
nothing_to_sync tree/ back/
diff -a <(listing tree) <(listing back)

## hard links to an older copy
sync --link-dest=../copy tree/ snapshot/
test "$(stat -c %i snapshot/renamed)" = "$(stat -c %i copy/renamed)"

## backups
echo again >>tree/a/17
sync --backup --suffix=.old tree/ copy/
test -f copy/a/17.old

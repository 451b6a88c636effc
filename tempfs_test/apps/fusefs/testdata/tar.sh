# A tree goes in and out, and tar(1) compares.
same() { test -z "$(tar df "$@" 2>&1)"; }

## make a tree
tree

## create on the mount
tar cf all.tar -H posix tree
tar tf all.tar

## compare with where it came from
same all.tar

## extract on the mount
mkdir x
tar xpf all.tar -C x --numeric-owner
same all.tar -C x
diff -a <(listing tree) <(listing x/tree)

## formats
for format in posix gnu; do
	tar c -H $format -f $format.tar tree
	same $format.tar
done

## sparse
tar cSf sparse.tar tree/sparse
test "$(stat -c %s sparse.tar)" -lt 100000
mkdir s
tar xSf sparse.tar -C s
cmp tree/sparse s/tree/sparse
test "$(du -k s/tree/sparse | cut -f1)" -lt 1000

## compressed
tar czf all.tgz tree
same all.tgz

## out to the host
mkdir $HOST/out
tar xpf all.tar -C $HOST/out --numeric-owner
same all.tar -C $HOST/out
diff -a <(listing tree) <(listing $HOST/out/tree)

## in from the host
mkdir in
tar cf - -H posix -C $HOST/out tree | tar xpf - -C in --numeric-owner
diff -a <(listing tree) <(listing in/tree)

## append and delete
echo 1 >tree/private/new
tar rf all.tar tree/private/new
tar --delete -f all.tar tree/sparse
test "$(tar tf all.tar | tail -1)" = tree/private/new
tar tf all.tar | fails grep -x tree/sparse

## extract over what is there
echo changed >x/tree/a/9
rm x/tree/hard
ln -s elsewhere x/tree/hard
tar xpf posix.tar -C x --numeric-owner --overwrite-dir
same posix.tar -C x

## incremental
touch -d 2000-01-01 tree/a/7 # from the future it would be new each time
tar cf inc0.tar -g snar tree
tar cf inc1.tar -g snar tree
tar tf inc1.tar | fails grep -av '/$'
echo more >>tree/a/10
tar cf inc2.tar -g snar tree
test "$(tar tf inc2.tar | grep -av '/$')" = tree/a/10

# What everybody does with files, and a compiler.

## mkdir -p under a umask
umask 027
mkdir -p a/b/c
echo hello >a/b/c/f
test "$(stat -c %a a a/b/c/f | paste -sd' ')" = "750 640"

## no umask
umask 0
echo x >open
mkdir wide
test "$(stat -c %a open wide | paste -sd' ')" = "666 777"

## append
for i in 1 2 3; do echo $i >>log; done
test "$(paste -sd' ' log)" = "1 2 3"

## dd conv=notrunc
printf 0123456789 >d
printf ab | dd of=d bs=1 seek=4 conv=notrunc status=none
test "$(cat d)" = 0123ab6789

## truncate and holes
truncate -s 10M hole
test "$(stat -c %s hole)" = 10485760
echo x >>hole
cp hole hole2
cmp hole hole2
test "$(du -k hole hole2 | cut -f1 | sort -n | tail -1)" -lt 100

## sort -o in place
printf 'c\na\nb\n' >s
sort -o s s
test "$(paste -sd' ' s)" = "a b c"

## mv over a file
echo new >n
echo old >o
mv n o
test "$(cat o)" = new
fails test -e n
mv -n o s
test -f o

## mv over an empty directory, and not over a full one
mkdir from to full
echo x >from/f
touch full/f
mv -T from to
test -f to/f
fails mv -T to full
test -f to/f

## hard links
echo one >l1
ln l1 l2
test "$(stat -c %i l1)" = "$(stat -c %i l2)"
test "$(stat -c %h l1)" = 2
echo two >>l2
test "$(wc -l <l1)" = 2
rm l1
test "$(stat -c %h l2)" = 1
test "$(paste -sd' ' l2)" = "one two"

## symbolic links
ln -s a/b/c/f rel
ln -s nowhere dangling
test "$(cat rel)" = hello
test "$(readlink dangling)" = nowhere
fails cat dangling
rm dangling

## chmod, chown, touch
touch m
chmod 4755 m
test "$(stat -c %a m)" = 4755
chown 1:2 m
test "$(stat -c %u:%g:%a m)" = 1:2:755
touch -d '2001-02-03 04:05:06.789 UTC' m
test "$(stat -c %.3Y m)" = 981173106.789
touch -a -d '2005-01-01 UTC' m
test "$(stat -c '%X %Y' m)" = "1104537600 981173106"
touch -m -d '2006-01-01 UTC' m
test "$(stat -c '%X %Y' m)" = "1104537600 1136073600"
touch m
test "$(stat -c %Y m)" -gt 981173106

## sticky and setgid
mkdir -m 3775 sg
chgrp 5 sg
chmod 3775 sg
mkdir sg/sub
touch sg/f
test "$(stat -c %g:%a sg sg/sub | paste -sd' ')" = "5:3775 5:2755"
test "$(stat -c %g sg/f)" = 5
(umask 0; mkdir sg/wide)
test "$(stat -c %g:%a sg/wide)" = 5:2777

## removed while open
echo still here >gone
exec 3<gone 4>>gone
rm gone
test "$(stat -Lc %h:%s /dev/fd/3)" = 0:11
echo and more >&4
test "$(cat <&3 | paste -sd' ')" = "still here and more"

## cp -a, find, diff
mkdir -p t/e/mpty
for i in $(seq 200); do echo $i >t/f$i; done
ln -s f1 t/link
ln t/f2 t/hard
chmod 600 t/f3
touch -d 2000-01-01 t/f4 t/e
cp -a t u
diff <(listing t) <(listing u)
test "$(find t -type f | wc -l)" = 201
rm -r t
fails test -e t

## a directory of a thousand
mkdir many
cd many
seq 1000 | xargs touch
test "$(ls | wc -l)" = 1000
find . -name '*7' -delete
test "$(ls -U | wc -l)" = 900
rm -r ../many

## names of 255 bytes
n=$(printf 'x%.0s' {1..255})
touch "$n"
rm "$n"
fails touch "x$n"

## gcc, and what it made runs
printf '#include <stdio.h>\nint main(void) { return puts("compiled") < 0; }\n' >c.c
gcc -o c c.c
test "$(./c)" = compiled
gcc -c c.c
ar rcs libc1.a c.o
test "$(ar t libc1.a)" = c.o

## not what is being executed
cp "$(type -P sleep)" nap
./nap 60 &
until test "$(readlink /proc/$!/exe)" = "$PWD/nap"; do :; done
fails bash -c 'echo x >nap'
kill $!
wait $! || true
echo x >nap

## flock
exec 4>lock
flock -n 4
fails flock -n lock true
exec 4>&-
flock -n lock true

## df
df .
df -i .

## no FIFO, by its errno
fails mkfifo fifo
(mkfifo fifo 2>&1 || true) | grep 'Operation not permitted'

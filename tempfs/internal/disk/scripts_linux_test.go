package disk

import (
	"fmt"
	"strings"
)

// scripts hold what is known to be hard.
var scripts = []struct{ title, script string }{
	{"absolute links begin at the root", `
		mkdir d 755
		put d/f one
		symlink /d/f a
		symlink /d d/up
		symlink / root
		cat a
		stat a
		lstat a
		ls d/up/up/up
		cat root/root/d/f
		stat root
		lstat root/
		put /d/../a two
		cat d/f`},
	{"dot-dot is physical and stops at the root", `
		mkdir d 755
		mkdir d/e 755
		put f top
		put d/f below
		symlink d/e l
		cat l/../f
		cat ../../f
		cat /../../../f
		stat ..
		stat l/..
		stat d/..
		symlink ../../../../f d/e/far
		cat d/e/far
		stat missing/..
		stat f/..
		stat f/.
		mkdir l/../new 755
		remove l/../new`},
	{"links to nowhere and in circles", `
		symlink missing dangling
		symlink loop2 loop1
		symlink loop1 loop2
		symlink self/x self
		stat dangling
		stat loop1
		stat loop1/x
		stat self
		lstat loop1
		lstat loop1/
		lstat dangling/
		open h dangling R|CREATE|EXCL 644
		open h loop1 R|CREATE|EXCL 644
		open h loop1 R|CREATE 644
		mkdir dangling 755
		mkdir dangling/ 755
		mkdir loop1/ 755
		put dangling made
		cat missing
		link loop1 l3
		lstat l3
		link loop1/x l4
		rename loop1 l5
		readlink l5
		chmod loop2 600
		chtimes dangling 1 2
		truncate loop2 0`},
	{"forty links and no more", `
		mkdir d 755
		put d/f one
		` + chain(41) + `
		cat l8/f
		cat l9/f
		cat l40/f
		cat l41/f
		stat l41
		mkdir l40/x 755
		mkdir l41/y 755
		chmod l40/x 700
		rename l40/x l39/z
		remove l40/z
		open h l40/new RW|CREATE|EXCL 600`},
	{"separators at the end", `
		put f one
		mkdir d 755
		symlink f lf
		symlink d ld
		symlink f/ lfs
		symlink missing/ lms
		stat f/
		lstat f/
		stat d/
		lstat ld/
		lstat ld
		stat lf/
		stat lfs
		lstat lfs
		open h lfs R 0
		open h lms RW|CREATE 644
		open h lfs RW|CREATE 644
		open h f/ R 0
		open h d/ R 0
		open h new/ RW|CREATE 644
		open h d/ R|CREATE 644
		open h d/ R|CREATE|EXCL 644
		open h d/. R|CREATE|EXCL 644
		open h ld/ R|NOFOLLOW 0
		open h ld R|NOFOLLOW 0
		open h ld R|NOFOLLOW|DIRECTORY 0
		open h f R|DIRECTORY 0
		mkdir new/ 755
		mkdir new2// 755
		mkdir f/ 755
		mkdir lf/ 755
		remove f/
		remove lf/
		remove ld/
		remove missing/
		remove new/
		remove new2/.
		rename f g/
		rename f/ g
		rename d moved/
		rename moved/ d
		rename ld/ x
		rename ld x/
		rename d ld/
		link f g/
		link f/ g
		link ld/ g
		symlink x g/
		symlink x f/
		symlink x d/
		symlink x ld/
		readlink lf/
		readlink ld/
		truncate f/ 0
		chmod f/ 600
		chmod ld/ 700
		chtimes f/ 1 2
		chown f/ -1 -1
		lchown ld/ -1 -1
		removeall lfs/
		removeall f/
		removeall ld/
		lstat ld`},
	{"dots at the end", `
		mkdir d 755
		mkdir d/e 755
		put f x
		mkdir . 755
		mkdir .. 755
		mkdir / 755
		mkdir d/.. 755
		mkdir x/. 755
		mkdir x/.. 755
		remove .
		remove ..
		remove /
		remove d/.
		remove d/..
		remove d/e/..
		rename . x
		rename d/.. x
		rename d .
		rename d ..
		rename f .
		rename f /
		rename / x
		rename d/. d/./
		rename missing .
		link f .
		link d x
		link . x
		link missing .
		symlink x .
		symlink x /
		symlink x missing/.
		open h . R 0
		open h .. RW 0
		open h / R|CREATE 644
		open h d/.. R|CREATE|EXCL 644
		readlink .
		truncate . 0
		truncate d -1
		truncate f -1
		truncate missing -1
		chtimes d/.. 1 2
		stat .`},
	{"odd names", `
		stat ""
		lstat ""
		mkdir "" 755
		remove ""
		removeall ""
		rename "" x
		rename x ""
		link "" x
		symlink "" x
		symlink x ""
		readlink ""
		chmod "" 600
		chtimes "" 1 2
		chtimes "" - -
		truncate "" 1
		open h "" R 0
		stat "a\x00b"
		mkdir "\x00" 755
		symlink "a\x00" x
		rename "" "\x00"
		chtimes "\x00" - -
		mkdir "\xff\xfe" 755
		put "\n" x
		put ... x
		put ..a x
		put "a\\b" x
		put -rf x
		put * x
		ls /
		cat "a\\b"`},
	{"long names", `
		mkdir {n*255} 755
		mkdir {n*256} 755
		put {n*255}/x one
		stat missing/{n*256}
		stat {n*256}/missing
		stat {n*256}/..
		remove {n*256}
		rename {n*256} x
		rename missing {n*256}
		symlink x {n*256}
		link missing {n*256}
		stat {./*2046}.
		stat {./*2047}.
		stat {/*4095}
		stat {/*4096}
		symlink {x*4095} long
		symlink {x*4096} longer
		readlink long
		stat long
		open h {n*256} RW|CREATE 644
		truncate {n*256} 1
		removeall {n*256}`},
	{"rename", `
		mkdir d 755
		mkdir d/e 755
		mkdir empty 755
		put f one
		put g two
		link f f2
		symlink f lf
		symlink d ld
		rename d empty
		rename d d
		rename d ./d
		rename ld/e d/e
		rename f d
		rename d f
		rename d d/e/x
		rename d/e d
		rename missing d
		rename missing f
		rename missing/x f
		rename f missing/x
		rename f g/x
		rename f/x g
		rename f f2
		rename f g
		cat g
		rename lf g
		readlink g
		rename g ld
		lstat ld
		rename d/e e
		rename empty ld
		rename f2 F`},
	{"links", `
		mkdir d 755
		put f one
		symlink f lf
		symlink d ld
		symlink nowhere ln
		link f g
		link f g
		link lf g2
		lstat g2
		link ld g3
		link ln g4
		link d x
		link d f
		link missing f
		link missing x
		link missing missing/x
		link f missing/x
		link f/x y
		link f ld/f
		link f ln
		link f ln/x
		stat d/f
		symlink whatever f
		symlink whatever d
		symlink whatever lf
		symlink a/b/../c/ odd
		readlink odd
		readlink f
		readlink missing
		remove lf
		remove ld
		stat f`},
	{"open", `
		mkdir d 755
		put f 0123456789
		symlink f lf
		symlink d ld
		symlink new ln
		open h f R 0
		write h x
		read h 4
		readat h 4 8
		readat h 4 20
		seek h 2 1
		seek h -1 0
		seek h 0 2
		seek h 0 9
		read h 4
		ftruncate h 1
		close h
		open h f W|TRUNC 0
		read h 4
		write h abc
		fstat h
		open h f W|APPEND 0
		write h def
		seek h 0 0
		write h ghi
		cat f
		open h f RW 0
		writeat h Z 20
		cat f
		ftruncate h 5
		sync h
		open h lf RW|NOFOLLOW 0
		open h lf RW|CREATE|NOFOLLOW 644
		open h lf RW|CREATE|EXCL 644
		open h f RW|CREATE|EXCL 644
		open h ln RW|CREATE|NOFOLLOW 644
		open h ln RW|CREATE 600
		fstat h
		stat new
		open h d W 0
		open h d RW|CREATE 644
		open h ld RW|CREATE 644
		open h d R|DIRECTORY 0
		read h 10
		write h x
		readat h 3 0
		ftruncate h 0
		sync h
		open h f/x R 0
		open h f/x RW|CREATE 644
		open h missing/x RW|CREATE 644
		open h d/p RW|CREATE 777
		open h d/q RW|CREATE 4755
		open h d/r RW|CREATE 7777
		open h d/r RW|CREATE 2711
		open h d/s R|CREATE|EXCL 1000
		open h d/t W|CREATE 0
		write h x`},
	{"open files outlive their names", `
		put f one
		open h f RW 0
		remove f
		fstat h
		write h abc
		readat h 3 0
		mkdir d 755
		put d/x 1
		open k d R 0
		rename d e
		fstat k
		rename e d
		entries k -1
		entries k -1
		entries k 1
		removeall d
		seek k 0 0
		entries k -1
		fstat k`},
	{"listings", `
		mkdir d 755
		put d/f one
		symlink f d/l
		mkdir d/sub 700
		fifo d/p
		symlink d ld
		open h d R 0
		entries h 1
		entries h 2
		entries h 5
		entries h 5
		seek h 0 0
		entries h 1
		seek h 0 0
		entries h 0
		ls ld
		ls d/.
		ls d/../d//
		ls f
		ls d/f
		ls missing`},
	{"modes", `
		mkdir a 1777
		mkdir b 7755
		mkdir c 2755
		mkdir c/d 755
		mkdir c/e 1700
		mkdir c/e/h 1700
		open h c/e/i RW|CREATE|EXCL 6755
		put c/f x
		chmod a 755
		chmod c/f 4711
		chmod c/f 6755
		chmod c/f 0
		stat c/f
		chmod c 0
		ls c
		stat c/d
		put c/g x
		remove c/f
		chmod c 311
		ls c
		stat c/d
		put c/g x
		open h c/h RW|CREATE|EXCL 600
		mkdir c/i 755
		mkdir c/j 1755
		open h c/k RW|CREATE|EXCL 4700
		symlink d c/l
		readlink c/l
		link c/g c/m
		rename c/m c/n
		chmod c/n 4640
		chtimes c/n 1 2
		truncate c/n 9
		lchown c/l -1 -1
		open k c/d R 0
		entries k -1
		ls c/l/
		stat c/l/..
		stat c/..
		stat c/.
		remove c/n
		removeall c/i
		removeall c
		chmod c 555
		removeall c
		remove c/g
		mkdir c/x 755
		rename c/g g
		rename a c/a
		link a c/a
		link c/g c/a
		symlink x c/a
		chmod c 755
		symlink c lc
		chmod lc 750
		chmod lc/d 3755
		stat c/d`},
	{"the right to search comes first", `
		mkdir d 755
		mkdir d/e 755
		put d/f x
		chmod d 600
		ls d
		stat d/e
		stat d/missing
		stat d/.
		stat d/..
		stat d/e/..
		mkdir d/e 755
		mkdir d/.. 755
		remove d/f
		remove d/.
		rename d/f missing/x
		rename missing/x d/f
		rename d/e/x missing/x
		link d/f x
		link d/missing missing/x
		symlink x d/f
		open h d/f R|CREATE|EXCL 644
		open h d/f/ R|CREATE 644
		open h d/f R 0
		truncate d/f 0
		chtimes d/f 1 2
		chtimes d/f - -
		removeall d
		removeall d/missing
		mkdir d/{n*256} 755
		rename d missing/x
		rename missing/x d/e
		rename missing d/e
		link missing d/e
		chmod d 0
		stat d/e
		removeall d
		open h d R 0
		rename d e`},
	{"owners and times", `
		put f x
		mkdir d 755
		symlink f lf
		chown f -1 -1
		chown f 65534 65534
		chown lf 65534 -1
		lchown lf 65534 65534
		lstat lf
		stat f
		chown missing 0 0
		lchown missing -1 -1
		chown d/.. -1 -1
		chtimes f 100 200
		stat f
		chtimes f - 300
		chtimes f 400 -
		chtimes f - -
		chtimes lf 5 6
		stat f
		chtimes d 7 8
		stat d
		put d/new x
		stat d
		chtimes missing 1 2
		chtimes missing - -
		chtimes f/x 1 2
		truncate lf 10
		truncate f 0
		truncate d 0
		truncate missing 0
		truncate f/x 0
		truncate f 0x7fffffffffffffff`},
	{"fifos", `
		fifo p
		symlink p l
		lstat p
		stat l
		truncate p 0
		open h p W|CREATE|EXCL 644
		open h p R|DIRECTORY 0
		stat p/
		chmod l 600
		chtimes p 1 2
		rename p q
		remove q`},
	{"removeall", `
		mkdir d 755
		mkdir d/e 755
		put d/e/f x
		put f x
		symlink d ld
		symlink missing ln
		symlink loop loop
		removeall missing
		removeall missing/x
		removeall f/x
		removeall loop/x
		removeall ld/e
		stat d/e
		removeall ld
		removeall ln
		removeall f
		removeall /d
		removeall d`},
}

// chain makes links from l1, which leads to d, to that of the given number.
func chain(length int) string {
	var b strings.Builder
	b.WriteString("symlink d l1\n")
	for i := 2; i <= length; i++ {
		fmt.Fprintf(&b, "symlink l%d l%d\n", i-1, i)
	}
	return b.String()
}

// Package migration has the tests of docs/migration.md: what they were with another library, and what they are with this one. It is a module of its own, since the library does not need the others.
package migration

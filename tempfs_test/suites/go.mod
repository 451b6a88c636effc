module github.com/aferotemp/go/tempfs_test/suites

go 1.26.0

require (
	github.com/aferotemp/go v0.0.0
	github.com/go-git/go-billy/v5 v5.9.0
	github.com/spf13/afero v1.15.0
	github.com/stretchr/testify v1.12.1
)

require (
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/text v0.36.0 // indirect
)

replace github.com/aferotemp/go => ../..

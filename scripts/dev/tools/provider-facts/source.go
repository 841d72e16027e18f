package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// module is a Go module whose source is read: its import path, and where it lies.
type module struct{ path, dir string }

// program holds the packages that were read so far.
type program struct {
	modules  []module
	files    *token.FileSet
	packages map[string]*pkg
}

// pkg is one package: what is declared in it, by name.
type pkg struct {
	path    string
	name    string
	sources []*source
	decls   map[string]decl
	methods map[string]map[string]decl
}

// source is one file, with the import paths of the names that it gives to packages.
type source struct {
	pkg     *pkg
	file    *ast.File
	imports map[string]string
}

// decl is a function, a type, or one name of a variable's or constant's declaration.
type decl struct {
	in    *source
	fn    *ast.FuncDecl
	typ   *ast.TypeSpec
	value ast.Expr
}

func newProgram(modules []module) *program {
	return &program{modules: modules, files: token.NewFileSet(), packages: map[string]*pkg{}}
}

// load gives the package of an import path, or nil when it is in none of the modules.
func (p *program) load(importPath string) *pkg {
	if known, ok := p.packages[importPath]; ok {
		return known
	}
	p.packages[importPath] = nil
	for _, m := range p.modules {
		if importPath != m.path && !strings.HasPrefix(importPath, m.path+"/") {
			continue
		}
		dir := filepath.Join(m.dir, strings.TrimPrefix(importPath, m.path))
		if one := p.read(importPath, dir); one != nil {
			p.packages[importPath] = one
			return one
		}
	}
	return nil
}

func (p *program) read(importPath, dir string) *pkg {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	one := &pkg{path: importPath, decls: map[string]decl{}, methods: map[string]map[string]decl{}}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(p.files, filepath.Join(dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		one.name = file.Name.Name
		one.add(&source{pkg: one, file: file, imports: importsOf(file)})
	}
	if len(one.sources) == 0 {
		return nil
	}
	return one
}

var versionSuffix = regexp.MustCompile(`^v\d+$`)

func importsOf(file *ast.File) map[string]string {
	imports := map[string]string{}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(importPath)
		if versionSuffix.MatchString(name) {
			name = path.Base(path.Dir(importPath))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = importPath
	}
	return imports
}

func (one *pkg) add(in *source) {
	one.sources = append(one.sources, in)
	for _, d := range in.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				one.decls[d.Name.Name] = decl{in: in, fn: d}
				continue
			}
			receiver := baseName(d.Recv.List[0].Type)
			if one.methods[receiver] == nil {
				one.methods[receiver] = map[string]decl{}
			}
			one.methods[receiver][d.Name.Name] = decl{in: in, fn: d}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				one.addSpec(in, spec)
			}
		}
	}
}

func (one *pkg) addSpec(in *source, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		one.decls[spec.Name.Name] = decl{in: in, typ: spec}
	case *ast.ValueSpec:
		for i, name := range spec.Names {
			var value ast.Expr
			if i < len(spec.Values) {
				value = spec.Values[i]
			}
			one.decls[name.Name] = decl{in: in, value: value}
		}
	}
}

// baseName is a type's name without pointer, package and type parameters.
func baseName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return baseName(x.X)
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.IndexExpr:
		return baseName(x.X)
	case *ast.IndexListExpr:
		return baseName(x.X)
	case *ast.ParenExpr:
		return baseName(x.X)
	}
	return ""
}

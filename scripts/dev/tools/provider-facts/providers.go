package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// provider finds the resources of one provider's module, and reads them.
type provider struct {
	e      *evaluator
	module module
	// index has the import paths of the packages in which a text stands.
	index map[string][]string
}

var (
	awsNames     = regexp.MustCompile(`(Resource|DataSource)\("aws_[a-z0-9_]+"`)
	azurermNames = regexp.MustCompile(`"azurerm_[a-z0-9_]+"`)
)

func (p *provider) resource(name string) resource {
	if strings.HasPrefix(strings.TrimPrefix(name, "data."), "azurerm_") {
		return p.azurerm(name)
	}
	return p.aws(name)
}

// aws finds the function above which a comment names the type.
func (p *provider) aws(name string) resource {
	kind := "Resource"
	if strings.HasPrefix(name, "data.") {
		kind = "DataSource"
	}
	text := kind + `("` + strings.TrimPrefix(name, "data.") + `"`
	for _, one := range p.packagesWith("internal/service", awsNames, text) {
		for _, found := range one.decls {
			if found.fn == nil || found.fn.Doc == nil {
				continue
			}
			for _, line := range found.fn.Doc.List {
				if strings.HasPrefix(line.Text, "// @SDK"+text) || strings.HasPrefix(line.Text, "// @Framework"+text) {
					made := p.e.invoke(p.e.member(one, found.fn.Name.Name).(*closure), nil)
					return p.awsRegion(p.read(made, strings.HasPrefix(line.Text, "// @Framework"), found))
				}
			}
		}
	}
	return resource{Problem: "no function is annotated with it"}
}

// awsRegion adds the attribute that the provider gives to every resource that is not of a global service.
func (p *provider) awsRegion(one resource) resource {
	if _, ok := one.Attributes["region"]; ok || one.Problem != "" {
		return one
	}
	for _, folder := range []string{"internal/provider/sdkv2", "internal/provider/framework"} {
		in := p.e.program.load(p.module.path + "/" + folder)
		if in == nil {
			continue
		}
		for name := range in.decls {
			if strings.EqualFold(name, "forceNewIfRegionChanges") || strings.EqualFold(name, "resourceForceNewIfRegionChanges") {
				one.Attributes["region"] = attribute{Change: replaces, Why: name, Flags: "Optional+Computed"}
			}
		}
	}
	return one
}

// azurerm finds the type in a service's registration, or a struct whose method ResourceType gives its name.
func (p *provider) azurerm(name string) resource {
	isData := strings.HasPrefix(name, "data.")
	quoted := `"` + strings.TrimPrefix(name, "data.") + `"`
	method := "SupportedResources"
	if isData {
		method = "SupportedDataSources"
	}
	for _, one := range p.packagesWith("internal/services", azurermNames, quoted) {
		if registered, ok := one.methods["Registration"][method]; ok {
			if found := entry(registered.fn, quoted); found != nil {
				return p.registered(found, registered.in)
			}
		}
		for receiver, methods := range one.methods {
			named, ok := methods["ResourceType"]
			_, creates := methods["Create"]
			if ok && creates != isData && returns(named.fn, quoted) {
				return p.typed(&object{typ: typeName{one.path, receiver}, fields: map[string]value{}}, named)
			}
		}
	}
	return resource{Problem: "no registration names it"}
}

// typed reads a resource of azurerm's own kind: its arguments and attributes come from methods.
func (p *provider) typed(o *object, at decl) resource {
	schema := newMapping()
	for _, name := range []string{"Arguments", "Attributes"} {
		fn, ok := p.e.method(o, name, o.typ, 0).(*closure)
		if !ok {
			return resource{Problem: "it has no method " + name}
		}
		part, ok := p.e.invoke(fn, nil).(*mapping)
		if !ok {
			return resource{Problem: "its " + name}
		}
		for _, key := range part.keys {
			schema.set(key, part.at[key])
		}
	}
	made := &object{typ: typeName{name: "Resource"}, fields: map[string]value{"Schema": schema}}
	if p.e.method(o, "Update", o.typ, 0) != nil {
		made.fields["Update"] = true
	}
	if rule := p.e.method(o, "CustomizeDiff", o.typ, 0); rule != nil {
		made.fields["CustomizeDiff"] = rule
	}
	return p.read(made, false, at)
}

func (p *provider) registered(x ast.Expr, in *source) resource {
	s := &scope{vars: map[string]value{}, in: in}
	at := decl{in: in}
	if call, ok := x.(*ast.CallExpr); ok {
		if fn, ok := p.e.eval(call.Fun, s).(*closure); ok {
			at.in = fn.in.in
		}
	}
	return p.read(p.e.eval(x, s), false, at)
}

func (p *provider) read(v value, framework bool, at decl) resource {
	one := resource{}
	if framework {
		one = p.e.frameworkResource(v)
	} else {
		one = p.e.sdkResource(v)
	}
	file := p.e.program.files.Position(at.in.file.Package).Filename
	one.Source, _ = filepath.Rel(p.module.dir, file)
	return one
}

// packagesWith gives the packages under a folder that have a text, out of all the texts that a pattern finds there.
func (p *provider) packagesWith(folder string, pattern *regexp.Regexp, text string) []*pkg {
	if p.index == nil {
		p.index = map[string][]string{}
		_ = filepath.WalkDir(filepath.Join(p.module.dir, folder), func(file string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return nil
			}
			content, _ := os.ReadFile(file)
			relative, _ := filepath.Rel(p.module.dir, filepath.Dir(file))
			importPath := p.module.path + "/" + filepath.ToSlash(relative)
			for _, found := range pattern.FindAll(content, -1) {
				if at := p.index[string(found)]; !slices.Contains(at, importPath) {
					p.index[string(found)] = append(at, importPath)
				}
			}
			return nil
		})
	}
	packages := []*pkg{}
	for _, importPath := range p.index[text] {
		if one := p.e.program.load(importPath); one != nil {
			packages = append(packages, one)
		}
	}
	return packages
}

// entry is the value that a map literal, or an assignment to a map, has under a key.
func entry(in ast.Node, key string) (found ast.Expr) {
	isKey := func(x ast.Expr) bool {
		literal, ok := x.(*ast.BasicLit)
		return ok && literal.Value == key
	}
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if isKey(n.Key) {
				found = n.Value
			}
		case *ast.AssignStmt:
			if at, ok := n.Lhs[0].(*ast.IndexExpr); ok && isKey(at.Index) {
				found = n.Rhs[0]
			}
		}
		return found == nil
	})
	return found
}

func returns(fn *ast.FuncDecl, literal string) bool {
	is := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if one, ok := n.(*ast.ReturnStmt); ok && len(one.Results) == 1 {
			text, ok := one.Results[0].(*ast.BasicLit)
			is = is || ok && text.Value == literal
		}
		return true
	})
	return is
}

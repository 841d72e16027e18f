package main

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// rules walks the code of a CustomizeDiff or a ModifyPlan: it is not run, but what it may replace is collected.
type rules struct {
	e          *evaluator
	attributes map[string]attribute
	seen       map[string]bool
}

const conditional = "a condition in CustomizeDiff"

func (e *evaluator) customizeDiff(attributes map[string]attribute, rule value) {
	r := &rules{e, attributes, map[string]bool{}}
	switch rule := rule.(type) {
	case nil:
	case *lazy:
		r.walk(rule.x, rule.in)
	case *closure:
		r.body(rule.body, rule.in)
	default:
		r.replaces("")
	}
}

// walk visits the calls in a piece of code, and the functions of the provider that are called or handed on there.
func (r *rules) walk(n ast.Node, s *scope) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			inner := s.inner()
			bind(inner, n.Type.Params, nil)
			r.body(n.Body, inner)
			return false
		case *ast.RangeStmt:
			return r.loop(n, s)
		case *ast.AssignStmt:
			r.define(n, s)
		case *ast.CallExpr:
			return r.call(n, s)
		case *ast.Ident:
			r.function(n, s, nil)
		case *ast.SelectorExpr:
			r.function(n, s, nil)
			return false
		}
		return true
	})
}

func (r *rules) call(x *ast.CallExpr, s *scope) bool {
	name := baseName(x.Fun)
	if strings.HasPrefix(name, "ForceNew") && len(x.Args) > 0 {
		path, ok := r.e.eval(x.Args[0], s).(string)
		if !ok {
			path = formatPrefix(r.e.eval(x.Args[0], s))
		}
		r.replaces(path)
		for _, arg := range x.Args[1:] {
			r.walk(arg, s)
		}
		return false
	}
	args := []value{}
	for _, arg := range x.Args {
		switch arg.(type) {
		case *ast.BasicLit, *ast.Ident, *ast.SelectorExpr, *ast.CompositeLit:
			args = append(args, r.e.eval(arg, s))
		default:
			args = append(args, unknown{"an argument"})
		}
	}
	if r.function(x.Fun, s, args) {
		for _, arg := range x.Args {
			r.walk(arg, s)
		}
		return false
	}
	return true
}

// function walks a function of the provider's own that is named.
func (r *rules) function(x ast.Expr, s *scope, args []value) bool {
	name, ok := x.(*ast.Ident)
	if ok && s.find(name.Name) == nil && s.in.pkg.decls[name.Name].fn == nil {
		return false
	}
	fn, ok := r.e.eval(x, s).(*closure)
	if !ok || fn.body == nil {
		return false
	}
	inner := fn.in.inner()
	bind(inner, fn.typ.Params, args)
	r.body(fn.body, inner)
	return true
}

// body walks a function's body, once for each set of names that it is called with.
func (r *rules) body(body *ast.BlockStmt, s *scope) {
	names := []string{}
	for name, v := range s.vars {
		if text, ok := v.(string); ok {
			names = append(names, name+"="+text)
		}
	}
	slices.Sort(names)
	key := fmt.Sprint(body.Pos(), names)
	if r.seen[key] {
		return
	}
	r.seen[key] = true
	r.walk(body, s)
}

// define keeps a literal that is given a name: the names of attributes, mostly.
func (r *rules) define(x *ast.AssignStmt, s *scope) {
	for i, left := range x.Lhs {
		name, ok := left.(*ast.Ident)
		if !ok || len(x.Lhs) != len(x.Rhs) {
			continue
		}
		switch x.Rhs[i].(type) {
		case *ast.BasicLit, *ast.CompositeLit:
			s.vars[name.Name] = r.e.eval(x.Rhs[i], s)
		default:
			s.vars[name.Name] = unknown{"the variable " + name.Name}
		}
	}
}

// loop walks a loop over names once for each of them.
func (r *rules) loop(x *ast.RangeStmt, s *scope) bool {
	names, ok := r.e.eval(x.X, s).(*list)
	variable, also := x.Value.(*ast.Ident)
	if !ok || !also {
		return true
	}
	for _, item := range names.items {
		inner := s.inner()
		inner.vars[variable.Name] = item
		r.walk(x.Body, inner)
	}
	return false
}

// replaces notes that a rule may replace for a change of what stands at a path; for the empty one, of anything.
func (r *rules) replaces(path string) {
	names := []string{}
	for _, name := range strings.Split(path, ".") {
		if name != "" && strings.Trim(name, "0123456789") != "" {
			names = append(names, name)
		}
	}
	why := conditional
	if path == "" {
		why = notDerivable("a condition in CustomizeDiff on an attribute that was not evaluated")
	}
	condition(r.attributes, strings.Join(names, "."), why)
}

// formatPrefix is the part of a path before the first thing that is put in.
func formatPrefix(v value) string {
	if p, ok := v.(prefixed); ok {
		return strings.TrimSuffix(p.text, ".")
	}
	c, ok := v.(called)
	if !ok || c.fn.name != "Sprintf" || len(c.args) == 0 {
		return ""
	}
	format, ok := c.args[0].(string)
	if !ok {
		return ""
	}
	return strings.TrimSuffix(format[:strings.Index(format+"%", "%")], ".")
}

// modifyPlan takes every path that stands in a statement about RequiresReplace.
func (e *evaluator) modifyPlan(attributes map[string]attribute, fn *closure) {
	found := false
	ast.Inspect(fn.body, func(n ast.Node) bool {
		statement, ok := n.(*ast.AssignStmt)
		if !ok || !strings.Contains(names(statement), "RequiresReplace") {
			return true
		}
		path := ""
		ast.Inspect(statement, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && baseName(call.Fun) == "Root" && len(call.Args) == 1 {
				path, _ = e.eval(call.Args[0], fn.in).(string)
				if path != "" {
					found = true
					condition(attributes, path, "a condition in ModifyPlan")
				}
			}
			return true
		})
		if path == "" {
			found = true
			condition(attributes, "", notDerivable("a condition in ModifyPlan on an attribute that was not evaluated"))
		}
		return true
	})
	if !found && strings.Contains(names(fn.body), "RequiresReplace") {
		condition(attributes, "", notDerivable("a condition in ModifyPlan"))
	}
}

// mentions says whether the provider's function, or a method of what it returns, has a name in it; true when it was not read.
func (e *evaluator) mentions(x ast.Expr, s *scope, name string) bool {
	fn, ok := e.eval(x, s).(*closure)
	if !ok {
		return true
	}
	if strings.Contains(names(fn.body), name) {
		return true
	}
	made, ok := e.invoke(fn, nil).(*object)
	if !ok {
		return true
	}
	for _, method := range e.program.load(made.typ.pkg).methods[made.typ.name] {
		if strings.Contains(names(method.fn.Body), name) {
			return true
		}
	}
	return false
}

func names(n ast.Node) string {
	text := strings.Builder{}
	ast.Inspect(n, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			text.WriteString(name.Name + " ")
		}
		return true
	})
	return text.String()
}

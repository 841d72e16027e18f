package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// evaluator runs as much of a provider's code as its schemas are made with. What it does not know becomes unknown.
type evaluator struct {
	program *program
	depth   int
	// How many conditions that were not evaluated surround what runs: what it sets becomes unknown.
	uncertain int
	// How often each function that runs has been entered.
	running map[*ast.BlockStmt]int
}

const (
	maxDepth  = 150
	maxNested = 10
)

func newEvaluator(modules []module) *evaluator {
	return &evaluator{program: newProgram(modules), running: map[*ast.BlockStmt]int{}}
}

func (e *evaluator) eval(x ast.Expr, s *scope) value {
	switch x := x.(type) {
	case *ast.BasicLit:
		return literal(x)
	case *ast.Ident:
		return e.name(x.Name, s)
	case *ast.ParenExpr:
		return e.eval(x.X, s)
	case *ast.UnaryExpr:
		return e.unary(x, s)
	case *ast.StarExpr:
		return clone(e.eval(x.X, s))
	case *ast.BinaryExpr:
		return e.binary(x, s)
	case *ast.CompositeLit:
		return e.composite(x, x.Type, s)
	case *ast.FuncLit:
		return &closure{name: "a function", typ: x.Type, body: x.Body, in: s}
	case *ast.SelectorExpr:
		return e.selector(x, s)
	case *ast.IndexExpr:
		return e.index(x, s)
	case *ast.IndexListExpr:
		return e.eval(x.X, s)
	case *ast.TypeAssertExpr:
		return e.eval(x.X, s)
	case *ast.CallExpr:
		return e.call(x, s)
	}
	return unknown{"an expression that is not evaluated"}
}

func literal(x *ast.BasicLit) value {
	switch x.Kind {
	case token.STRING:
		if text, err := strconv.Unquote(x.Value); err == nil {
			return text
		}
	case token.INT:
		if number, err := strconv.Atoi(x.Value); err == nil {
			return number
		}
	}
	return unknown{"the literal " + x.Value}
}

func (e *evaluator) name(name string, s *scope) value {
	if holder := s.find(name); holder != nil {
		v := e.force(holder.vars[name])
		holder.vars[name] = v
		return v
	}
	switch name {
	case "true":
		return true
	case "false":
		return false
	case "nil":
		return nil
	}
	return e.member(s.in.pkg, name)
}

// member is what a package declares under a name. A variable is evaluated anew each time: nobody else has changed it.
func (e *evaluator) member(p *pkg, name string) value {
	found, ok := p.decls[name]
	global := func() *scope { return &scope{vars: map[string]value{}, in: found.in} }
	switch {
	case !ok:
		return unknown{"the name " + name}
	case found.fn != nil:
		return &closure{name: name, typ: found.fn.Type, body: found.fn.Body, in: global()}
	case found.value != nil:
		if e.depth > maxDepth {
			return unknown{name + ", which goes round in circles"}
		}
		e.depth++
		defer func() { e.depth-- }()
		return e.eval(found.value, global())
	}
	return unknown{"the declaration of " + name}
}

func (e *evaluator) selector(x *ast.SelectorExpr, s *scope) value {
	if name, ok := x.X.(*ast.Ident); ok && s.find(name.Name) == nil {
		if importPath, ok := e.imported(name.Name, s.in); ok {
			if p := e.program.load(importPath); p != nil {
				return e.member(p, x.Sel.Name)
			}
			return symbol{importPath, x.Sel.Name}
		}
	}
	return e.field(e.eval(x.X, s), x.Sel.Name)
}

// imported gives the import path that a file knows under a name: its alias, or the package's own name.
func (e *evaluator) imported(name string, in *source) (string, bool) {
	if importPath, ok := in.imports[name]; ok {
		return importPath, true
	}
	for _, importPath := range in.imports {
		if p := e.program.load(importPath); p != nil && p.name == name {
			return importPath, true
		}
	}
	return "", false
}

func (e *evaluator) field(v value, name string) value {
	o, ok := v.(*object)
	if !ok {
		return unknown{name + " of " + whyNot(v)}
	}
	if v, ok := o.fields[name]; ok {
		v = e.force(v)
		o.fields[name] = v
		return v
	}
	if method := e.method(o, name, o.typ, 0); method != nil {
		return method
	}
	return nil
}

func (e *evaluator) index(x *ast.IndexExpr, s *scope) value {
	v := e.eval(x.X, s)
	switch v := v.(type) {
	case *closure, symbol: // a function with its type parameter
		return v
	case *mapping:
		if key, ok := e.eval(x.Index, s).(string); ok {
			return e.force(v.at[key])
		}
	case *list:
		if i, ok := e.eval(x.Index, s).(int); ok && i >= 0 && i < len(v.items) {
			return v.items[i]
		}
	}
	return unknown{"an index of " + whyNot(v)}
}

func (e *evaluator) force(v value) value {
	later, ok := v.(*lazy)
	if !ok {
		return v
	}
	return e.eval(later.x, later.in)
}

func clone(v value) value {
	o, ok := v.(*object)
	if !ok {
		return v
	}
	copied := &object{typ: o.typ, fields: map[string]value{}}
	for name, field := range o.fields {
		copied.fields[name] = field
	}
	return copied
}

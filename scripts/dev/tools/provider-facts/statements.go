package main

import (
	"go/ast"
	"go/token"
)

// frame is one run of a function: the names of its results, what it may have returned, and the break or continue that ends a block.
type frame struct {
	results  []string
	returned []value
	branch   token.Token
}

func (f *frame) result(name string) value {
	if len(f.returned) == 0 {
		return nil
	}
	for _, v := range f.returned[1:] {
		if v != f.returned[0] && !sameScalar(v, f.returned[0]) {
			return unknown{"what " + name + " returns depends on a condition"}
		}
	}
	return f.returned[0]
}

// block runs statements, and says whether they have returned.
func (e *evaluator) block(statements []ast.Stmt, s *scope, f *frame) bool {
	for _, one := range statements {
		if e.statement(one, s, f) {
			return true
		}
	}
	return false
}

func (e *evaluator) statement(x ast.Stmt, s *scope, f *frame) bool {
	switch x := x.(type) {
	case *ast.ReturnStmt:
		f.returned = append(f.returned, e.returns(x, s, f))
		return true
	case *ast.AssignStmt:
		e.assign(x, s)
	case *ast.DeclStmt:
		e.declare(x, s)
	case *ast.ExprStmt:
		switch e.eval(x.X, s).(type) {
		case unknown, called:
			e.taint(x, s)
		}
	case *ast.BlockStmt:
		return e.block(x.List, s.inner(), f)
	case *ast.IfStmt:
		return e.conditional(x, s, f)
	case *ast.RangeStmt:
		return e.loop(x, s, f)
	case *ast.EmptyStmt, *ast.DeferStmt, *ast.GoStmt:
	case *ast.BranchStmt:
		f.branch = x.Tok
		return true
	default:
		e.taint(x, s)
	}
	return false
}

func (e *evaluator) returns(x *ast.ReturnStmt, s *scope, f *frame) value {
	// Of a schema and an error, say, the first matters.
	if len(x.Results) > 0 {
		return e.eval(x.Results[0], s)
	}
	if len(f.results) > 0 {
		return e.name(f.results[0], s)
	}
	return nil
}

func (e *evaluator) assign(x *ast.AssignStmt, s *scope) {
	values := []value{}
	for _, right := range x.Rhs {
		values = append(values, e.eval(right, s))
	}
	for i, left := range x.Lhs {
		var v value = unknown{"a second result"}
		if i < len(values) {
			v = values[i]
		}
		if x.Tok != token.ASSIGN && x.Tok != token.DEFINE {
			v = unknown{"an assignment with an operator"}
		}
		if name, ok := left.(*ast.Ident); ok && x.Tok == token.DEFINE {
			s.vars[name.Name] = v
			continue
		}
		e.store(left, v, s)
	}
}

func (e *evaluator) store(left ast.Expr, v value, s *scope) {
	if e.uncertain > 0 {
		v = unknown{"it is set on a condition that was not evaluated"}
	}
	switch left := left.(type) {
	case *ast.Ident:
		if holder := s.find(left.Name); holder != nil {
			holder.vars[left.Name] = v
		}
	case *ast.SelectorExpr:
		if o, ok := e.eval(left.X, s).(*object); ok {
			o.fields[left.Sel.Name] = v
		}
	case *ast.IndexExpr:
		m, ok := e.eval(left.X, s).(*mapping)
		key, also := e.eval(left.Index, s).(string)
		if ok && also {
			m.set(key, v)
		} else {
			e.taint(&ast.ExprStmt{X: left.X}, s)
		}
	case *ast.StarExpr:
		e.taint(&ast.ExprStmt{X: left.X}, s)
	}
}

func (e *evaluator) declare(x *ast.DeclStmt, s *scope) {
	d, ok := x.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range d.Specs {
		one, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range one.Names {
			if i < len(one.Values) {
				s.vars[name.Name] = e.eval(one.Values[i], s)
			} else {
				s.vars[name.Name] = e.zero(one.Type, s)
			}
		}
	}
}

func (e *evaluator) zero(typ ast.Expr, s *scope) value {
	if name, ok := typ.(*ast.Ident); ok {
		switch name.Name {
		case "string":
			return ""
		case "bool":
			return false
		case "int":
			return 0
		}
	}
	if _, ok := typ.(*ast.StarExpr); ok {
		return nil
	}
	underlying, _, name := e.underlying(typ, s.in)
	if _, ok := underlying.(*ast.StructType); ok {
		return &object{typ: name, fields: map[string]value{}}
	}
	if _, ok := underlying.(*ast.ArrayType); ok {
		return &list{}
	}
	return nil
}

func (e *evaluator) conditional(x *ast.IfStmt, s *scope, f *frame) bool {
	s = s.inner()
	if x.Init != nil {
		e.statement(x.Init, s, f)
	}
	holds, ok := e.eval(x.Cond, s).(bool)
	switch {
	case ok && holds:
		return e.block(x.Body.List, s.inner(), f)
	case ok && x.Else != nil:
		return e.statement(x.Else, s, f)
	case ok:
		return false
	}
	// Either may be: both are run, and what they set is not known.
	e.uncertain++
	ended := e.block(x.Body.List, s.inner(), f)
	otherwise := x.Else != nil && e.statement(x.Else, s, f)
	e.uncertain--
	if !ended || !otherwise {
		f.branch = 0
	}
	return ended && otherwise
}

func (e *evaluator) loop(x *ast.RangeStmt, s *scope, f *frame) bool {
	// Whether the loop ends after this turn, and the function with it unless it was a break.
	ended := func(key, item value) bool {
		inner := s.inner()
		if name, ok := x.Key.(*ast.Ident); ok {
			inner.vars[name.Name] = key
		}
		if name, ok := x.Value.(*ast.Ident); ok {
			inner.vars[name.Name] = item
		}
		if !e.block(x.Body.List, inner, f) {
			return false
		}
		if f.branch == token.CONTINUE {
			f.branch = 0
			return false
		}
		return true
	}
	returned := func() bool {
		broken := f.branch == token.BREAK
		f.branch = 0
		return !broken
	}
	switch v := e.eval(x.X, s).(type) {
	case *mapping:
		for _, key := range append([]string{}, v.keys...) {
			if ended(key, e.force(v.at[key])) {
				return returned()
			}
		}
	case *list:
		for i, item := range v.items {
			if ended(i, item) {
				return returned()
			}
		}
	default:
		e.taint(x, s)
	}
	return false
}

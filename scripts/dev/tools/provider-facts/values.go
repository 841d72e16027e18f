package main

import "go/ast"

// value is what an expression was evaluated to: nil, bool, string, int, or one of the types below.
type value any

// unknown stands for what was not evaluated, and why.
type unknown struct{ why string }

// object is a struct, always behind a pointer; its fields are evaluated when they are asked for.
type object struct {
	typ    typeName
	fields map[string]value
}

// typeName names a type; the package is empty for a struct without a name.
type typeName struct{ pkg, name string }

// lazy is an expression that is evaluated when its value is asked for.
type lazy struct {
	x  ast.Expr
	in *scope
}

type mapping struct {
	keys []string
	at   map[string]value
}

type list struct{ items []value }

// closure is a function that can be called; recv is the receiver of a method.
type closure struct {
	name string
	typ  *ast.FuncType
	recv *ast.FieldList
	self value
	body *ast.BlockStmt
	in   *scope
}

// symbol is a name of a package that is not read.
type symbol struct{ pkg, name string }

// called is a call of such a name.
type called struct {
	fn   symbol
	args []value
}

// prefixed is a text of which only the beginning is known.
type prefixed struct{ text string }

// scope holds the variables of a block, and knows the file that it stands in.
type scope struct {
	vars   map[string]value
	parent *scope
	in     *source
}

func (s *scope) inner() *scope { return &scope{vars: map[string]value{}, parent: s, in: s.in} }

func (s *scope) find(name string) *scope {
	for ; s != nil; s = s.parent {
		if _, ok := s.vars[name]; ok {
			return s
		}
	}
	return nil
}

func newMapping() *mapping { return &mapping{at: map[string]value{}} }

func (m *mapping) set(key string, v value) {
	if _, ok := m.at[key]; !ok {
		m.keys = append(m.keys, key)
	}
	m.at[key] = v
}

func (m *mapping) delete(key string) {
	if _, ok := m.at[key]; !ok {
		return
	}
	delete(m.at, key)
	kept := []string{}
	for _, one := range m.keys {
		if one != key {
			kept = append(kept, one)
		}
	}
	m.keys = kept
}

func isUnknown(v value) bool {
	_, ok := v.(unknown)
	return ok
}

// whyNot says of what could not be evaluated why.
func whyNot(v value) string {
	switch v := v.(type) {
	case unknown:
		return v.why
	case called:
		return "a call of " + v.fn.name + ", which was not read"
	case symbol:
		return v.name + ", which was not read"
	}
	return "not what was expected"
}

// sameScalar says whether two values are known and the same.
func sameScalar(a, b value) bool {
	switch a.(type) {
	case nil, bool, string, int:
		switch b.(type) {
		case nil, bool, string, int:
			return a == b
		}
	}
	return false
}

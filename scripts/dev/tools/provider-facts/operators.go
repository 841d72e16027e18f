package main

import (
	"go/ast"
	"go/token"
)

func (e *evaluator) unary(x *ast.UnaryExpr, s *scope) value {
	v := e.eval(x.X, s)
	switch x.Op {
	case token.AND:
		return v
	case token.NOT:
		if b, ok := v.(bool); ok {
			return !b
		}
	case token.SUB:
		if n, ok := v.(int); ok {
			return -n
		}
	}
	return unknown{x.Op.String() + " of " + whyNot(v)}
}

func (e *evaluator) binary(x *ast.BinaryExpr, s *scope) value {
	a := e.eval(x.X, s)
	// Go does not evaluate the other side either.
	if b, ok := a.(bool); ok && (x.Op == token.LAND && !b || x.Op == token.LOR && b) {
		return b
	}
	b := e.eval(x.Y, s)
	known := func(v value) bool {
		switch v.(type) {
		case nil, bool, string, int, *object, *mapping, *list, *closure:
			return true
		}
		return false
	}
	switch x.Op {
	case token.LAND, token.LOR:
		if _, ok := a.(bool); ok {
			return b
		}
	case token.EQL:
		if known(a) && known(b) {
			return a == b
		}
	case token.NEQ:
		if known(a) && known(b) {
			return a != b
		}
	case token.ADD:
		switch a := a.(type) {
		case prefixed:
			return a
		case string:
			if b, ok := b.(string); ok {
				return a + b
			}
			return prefixed{a}
		}
	}
	return arithmetic(x.Op, a, b)
}

func arithmetic(op token.Token, a, b value) value {
	m, ok := a.(int)
	n, also := b.(int)
	if !ok || !also {
		return unknown{op.String() + " of what is not known"}
	}
	switch op {
	case token.ADD:
		return m + n
	case token.SUB:
		return m - n
	case token.MUL:
		return m * n
	case token.LSS:
		return m < n
	case token.LEQ:
		return m <= n
	case token.GTR:
		return m > n
	case token.GEQ:
		return m >= n
	}
	return unknown{"the operator " + op.String()}
}

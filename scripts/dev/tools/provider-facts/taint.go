package main

import "go/ast"

// taint forgets every variable that a statement which was not run may have changed.
func (e *evaluator) taint(x ast.Stmt, s *scope) {
	forget := func(x ast.Expr) {
		for {
			switch one := x.(type) {
			case *ast.Ident:
				if holder := s.find(one.Name); holder != nil {
					switch holder.vars[one.Name].(type) {
					case *object, *mapping, *list:
						holder.vars[one.Name] = unknown{"it is changed in a way that was not evaluated"}
					}
				}
				return
			case *ast.SelectorExpr:
				x = one.X
			case *ast.IndexExpr:
				x = one.X
			case *ast.UnaryExpr:
				x = one.X
			default:
				return
			}
		}
	}
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				forget(left)
			}
		case *ast.CallExpr:
			for _, arg := range n.Args {
				forget(arg)
			}
		}
		return true
	})
}

// https://doi.org/10.1007/978-3-540-24605-3_37 (An Extensible SAT-solver)

/// A package that is taken, or its opposite.
struct Literal: Hashable, Sendable {
    /// Twice the variable, plus one for the opposite.
    let code: Int32

    init(_ variable: Int, isTaken: Bool) { code = Int32(truncatingIfNeeded: variable) * 2 + (isTaken ? 0 : 1) }
    private init(code: Int32) { self.code = code }

    static func take(_ variable: Int) -> Literal { Literal(variable, isTaken: true) }
    static func leave(_ variable: Int) -> Literal { Literal(variable, isTaken: false) }

    var variable: Int { Int(code >> 1) }
    var isTaken: Bool { code & 1 == 0 }
    var negated: Literal { Literal(code: code ^ 1) }
    var index: Int { Int(code) }
}

/// A search for values of variables that make every clause (a list of literals of which one must hold) true.
///
/// Clauses may come while the search runs. What a dead end teaches is kept as a clause of its own, and the search goes
/// back to the decision that matters, so that one impossible package far down does not mean to try all combinations of
/// others. It knows nothing of packages and is deterministic: decisions are the caller's.
struct ClauseSolver {
    private struct Clause {
        var literals: [Literal]
        /// For a learned clause: the clauses that it follows from.
        var antecedents: [Int] = []
        /// For a learned clause: variables whose values never change that it relies on.
        var fixed: [Int] = []
    }

    private enum Value: UInt8 { case open, yes, no }

    private var clauses: [Clause] = []
    /// For each literal the clauses that watch for it to become false.
    private var watches: [[Int]] = []
    private var values: [Value] = []
    private var levels: [Int] = []
    private var reasons: [Int?] = []
    /// The literals that hold, in the order in which they came to.
    private(set) var trail: [Literal] = []
    private var levelStarts: [Int] = []
    private var propagated = 0

    var level: Int { levelStarts.count }

    var variableCount: Int { values.count }

    mutating func addVariable() {
        values.append(.open)
        levels.append(0)
        reasons.append(nil)
        watches.append([])
        watches.append([])
    }

    func holds(_ literal: Literal) -> Bool { values[literal.variable] == (literal.isTaken ? .yes : .no) }

    func isFalse(_ literal: Literal) -> Bool { values[literal.variable] == (literal.isTaken ? .no : .yes) }

    func isOpen(_ literal: Literal) -> Bool { values[literal.variable] == .open }

    /// Adds a clause, also one that the values so far contradict.
    /// - Returns: the clause's number, and whether it can't hold as things are.
    mutating func add(_ literals: [Literal]) -> (clause: Int, isConflict: Bool) {
        append(Clause(literals: literals))
    }

    private mutating func append(_ clause: Clause) -> (clause: Int, isConflict: Bool) {
        var clause = clause
        let number = clauses.count
        // The two watched literals come first: those that may still hold, then those that became false last.
        func rank(_ literal: Literal) -> Int { isFalse(literal) ? levels[literal.variable] : Int.max }
        for place in 0..<min(2, clause.literals.count) {
            var best = place
            for index in (place + 1)..<max(place + 1, clause.literals.count)
            where rank(clause.literals[index]) > rank(clause.literals[best]) {
                best = index
            }
            clause.literals.swapAt(place, best)
        }
        clauses.append(clause)
        for literal in clause.literals.prefix(2) { watches[literal.index].append(number) }
        guard let first = clause.literals.first, !isFalse(first) else { return (number, true) }
        if clause.literals.count == 1 || isFalse(clause.literals[1]), isOpen(first) { assign(first, number) }
        return (number, false)
    }

    /// Decides an open literal; what follows from it can be undone together with it.
    mutating func decide(_ literal: Literal) {
        levelStarts.append(trail.count)
        assign(literal, nil)
    }

    private mutating func assign(_ literal: Literal, _ reason: Int?) {
        values[literal.variable] = literal.isTaken ? .yes : .no
        levels[literal.variable] = level
        reasons[literal.variable] = reason
        trail.append(literal)
    }

    /// Draws all conclusions. The number of a clause that can't hold any more, nil when all can.
    mutating func propagate() -> Int? {
        while propagated < trail.count {
            let literal = trail[propagated].negated
            propagated += 1
            var kept: [Int] = []
            let watching = watches[literal.index]
            watches[literal.index] = []
            for (position, number) in watching.enumerated() {
                if move(number, from: literal) { continue }
                kept.append(number)
                let other = clauses[number].literals[0]
                if holds(other) { continue }
                if isFalse(other) {
                    watches[literal.index] = kept + watching[(position + 1)...]
                    return number
                }
                assign(other, number)
            }
            watches[literal.index] = kept
        }
        return nil
    }

    /// Looks for another literal to watch instead of one that became false; puts that one second if there is none.
    private mutating func move(_ number: Int, from literal: Literal) -> Bool {
        let count = clauses[number].literals.count
        if count > 1, clauses[number].literals[0] == literal { clauses[number].literals.swapAt(0, 1) }
        if count == 1 || holds(clauses[number].literals[0]) { return false }
        for index in 2..<max(2, count) where !isFalse(clauses[number].literals[index]) {
            clauses[number].literals.swapAt(1, index)
            watches[clauses[number].literals[1].index].append(number)
            return true
        }
        return false
    }

    /// Learns from a clause that can't hold, and goes back to where the search can go on.
    /// - Returns: false when nothing is left to try.
    mutating func learn(from conflict: Int) -> Bool {
        guard level > 0 else { return false }
        var seen = Set<Int>()
        var learned: [Literal] = []
        var antecedents: [Int] = []
        var fixed: [Int] = []
        var open = 0
        var clause = conflict
        var position = trail.count
        var pivot: Literal?
        while true {
            antecedents.append(clause)
            for literal in clauses[clause].literals where literal != pivot {
                let variable = literal.variable
                guard seen.insert(variable).inserted else { continue }
                if levels[variable] == 0 {
                    fixed.append(variable)
                } else if levels[variable] == level {
                    open += 1
                } else {
                    learned.append(literal)
                }
            }
            repeat { position -= 1 } while !seen.contains(trail[position].variable)
            pivot = trail[position]
            open -= 1
            guard open > 0, let reason = reasons[trail[position].variable] else { break }
            clause = reason
        }
        let back = learned.map { levels[$0.variable] }.max() ?? 0
        if let pivot { learned.insert(pivot.negated, at: 0) }
        undo(to: back)
        _ = append(Clause(literals: learned, antecedents: antecedents, fixed: fixed))
        return true
    }

    private mutating func undo(to level: Int) {
        guard level < levelStarts.count else { return }
        for literal in trail[levelStarts[level]...] {
            values[literal.variable] = .open
            reasons[literal.variable] = nil
        }
        trail.removeSubrange(levelStarts[level]...)
        levelStarts.removeSubrange(level...)
        propagated = min(propagated, trail.count)
    }

    /// After the search failed: the clauses given to ``add(_:)`` that contradict each other, by number.
    func core(of conflict: Int) -> [Int] {
        var found = Set<Int>()
        var seenClauses: Set<Int> = [conflict]
        var seenVariables = Set<Int>()
        var pending = [conflict]
        while let number = pending.popLast() {
            let clause = clauses[number]
            if clause.antecedents.isEmpty { found.insert(number) }
            for next in clause.antecedents where seenClauses.insert(next).inserted { pending.append(next) }
            for variable in clause.literals.map(\.variable) + clause.fixed where values[variable] != .open {
                guard levels[variable] == 0, seenVariables.insert(variable).inserted else { continue }
                if let reason = reasons[variable], seenClauses.insert(reason).inserted { pending.append(reason) }
            }
        }
        return found.sorted()
    }
}

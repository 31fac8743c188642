extension Int {
    /// The sum, or the number that is nearest to it: sizes that something outside states need not be true.
    public func addingSaturated(_ other: Int) -> Int {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? (other < 0 ? .min : .max) : sum
    }
}

extension Sequence {
    /// The sum of a number of each element, at most `Int.max`.
    public func saturatedSum(_ number: (Element) throws -> Int) rethrows -> Int {
        try reduce(0) { $0.addingSaturated(try number($1)) }
    }
}

import Testing

@testable import ImageAnalysis

@Suite("dive's efficiency, its faults fixed")
struct WasteEfficiencyTests {
    private func efficiency(_ build: (inout ImageStack) -> Void) throws -> (Double, Int64) {
        var stack = ImageStack()
        build(&stack)
        let waste = try stack.waste()
        return (waste.diveEfficiency, waste.diveWastedBytes)
    }

    @Test("a single layer is efficient to 1 and wastes nothing")
    func single() throws {
        let found = try efficiency {
            $0.layer()
            $0.file("a", size: 100)
        }
        #expect(found == (1, 0))
    }

    @Test("of a path in several layers the smallest copy had to be, the others are wasted and it is not")
    func copies() throws {
        let found = try efficiency {
            for size in [60, 20, 20] {
                $0.layer()
                $0.file("a", size: size)
            }
            $0.file("b", "b", size: 100)
        }
        #expect(found == (120.0 / 200, 80))
    }

    @Test("what is deleted had not to be, by its own name or with its directory")
    func deleted() throws {
        for isWhole in [true, false] {
            let found = try efficiency {
                $0.layer()
                $0.file("d/a", size: 60)
                $0.file("e", "e", size: 40)
                $0.layer()
                $0.whiteout(isWhole ? "d" : "d/a")
            }
            #expect(found == (0.4, 60))
        }
        let found = try efficiency {
            $0.layer()
            $0.file("d/a", size: 60)
            $0.file("e", "e", size: 40)
            $0.layer()
            $0.opaque("d")
        }
        #expect(found == (0.4, 60))
    }

    @Test("what comes back after it was deleted had to be once")
    func back() throws {
        let found = try efficiency {
            $0.layer()
            $0.file("a", size: 60)
            $0.layer()
            $0.whiteout("a")
            $0.layer()
            $0.file("a", size: 60)
        }
        #expect(found == (0.5, 60))
    }

    @Test("hard links bring no bytes")
    func links() throws {
        let found = try efficiency {
            $0.layer()
            $0.file("a", size: 60)
            $0.hardlink("b", to: "a")
            $0.layer()
            $0.whiteout("a")
        }
        #expect(found.1 == 0)
    }
}

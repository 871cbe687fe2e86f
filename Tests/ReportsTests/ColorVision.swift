// https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
import Glibc

/// How far apart colours are for eyes of all kinds. Colours are 0xRRGGBB.
enum ColorVision {
    enum Sight: CaseIterable { case full, withoutRed, withoutGreen, withoutBlue }

    /// Relative luminance, from 0 to 1.
    static func luminance(_ color: UInt32) -> Double {
        let light = linear(color)
        return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    }

    /// In CIELAB, where 2 is just seen.
    static func distance(_ one: UInt32, _ other: UInt32, _ sight: Sight) -> Double {
        zip(lab(seen(linear(one), sight)), lab(seen(linear(other), sight)))
            .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    private static func linear(_ color: UInt32) -> [Double] {
        [16, 8, 0].map { shift in
            let value = Double(color >> shift & 0xff) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    private static func seen(_ light: [Double], _ sight: Sight) -> [Double] {
        let matrix: [[Double]] =
            switch sight {
            case .full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
            case .withoutRed:
                [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
            case .withoutGreen:
                [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
            case .withoutBlue:
                [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
            }
        return matrix.map { row in min(1, max(0, zip(row, light).reduce(0) { $0 + $1.0 * $1.1 })) }
    }

    private static func lab(_ light: [Double]) -> [Double] {
        func root(_ value: Double) -> Double { value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116 }
        let x = root((0.4124 * light[0] + 0.3576 * light[1] + 0.1805 * light[2]) / 0.9505)
        let y = root(0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2])
        let z = root((0.0193 * light[0] + 0.1192 * light[1] + 0.9505 * light[2]) / 1.089)
        return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
    }
}

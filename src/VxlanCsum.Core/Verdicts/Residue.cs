namespace VxlanCsum.Verdicts;

/// <summary>One's-complement numbers as what they are: residues modulo 65535, in which 0 and 0xffff are the
/// same.</summary>
internal static class Residue
{
    public const int Modulus = 0xffff;

    /// <summary>Any integer as its residue, 0 to 65534.</summary>
    public static int Of(long value)
    {
        long residue = value % Modulus;
        return (int)(residue < 0 ? residue + Modulus : residue);
    }

    /// <summary>Half of a residue; there is exactly one, since the modulus is odd.</summary>
    public static int Half(int residue) => (residue & 1) == 0 ? residue / 2 : (residue + Modulus) / 2;
}

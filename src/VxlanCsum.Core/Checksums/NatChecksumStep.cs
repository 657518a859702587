namespace VxlanCsum;

/// <summary>One step of the arithmetic, for people to re-check.</summary>
public sealed class NatChecksumStep
{
    internal NatChecksumStep(int number, string function, string input, string operation, string result, string? note)
    {
        Number = number;
        Function = function;
        Input = input;
        Operation = operation;
        Result = result;
        Note = note;
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>The kernel function that does it, or the name of the inverse.</summary>
    public string Function { get; }

    /// <summary>What goes in: checksums as four hexadecimal digits, addresses and ports as people write them.</summary>
    public string Input { get; }

    /// <summary>The operation with its numbers; "fold" adds the carries back, "~" inverts.</summary>
    public string Operation { get; }

    /// <summary>What comes out.</summary>
    public string Result { get; }

    /// <summary>What it means, where the numbers alone do not say; else null.</summary>
    public string? Note { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Number}. {Function}: {Operation} -> {Result}";
}

using System.Text.RegularExpressions;

namespace Distillation.Keras.Layers;

/// <summary>
/// An equation of <see cref="EinsumDense"/>: what the axes of the input, the kernel and the output are called, and whether "..." stands for
/// more axes before or behind those of input and output.
/// </summary>
/// <remarks>Source: <c>_analyze_einsum_string</c> of <c>keras/src/layers/core/einsum_dense.py</c>.</remarks>
internal sealed partial record EinsumEquation(string Input, string Kernel, string Output, EinsumEquation.Elision Elided)
{
    public enum Elision
    {
        None,
        Before,
        Behind,
    }

    /// <summary>Reads an equation.</summary>
    /// <exception cref="ArgumentException">It is none, or an axis of the kernel or the output comes from nowhere.</exception>
    public static EinsumEquation Parse(string equation)
    {
        ArgumentNullException.ThrowIfNull(equation);
        Match match = Form().Match(equation);
        (bool before, bool behind) = (match.Groups[1].Success, match.Groups[2].Success);
        if (
            !match.Success
            || (before && behind)
            || (behind && match.Groups["x"].Length < 2)
            || before != match.Groups[3].Success
            || behind != match.Groups[4].Success
        )
        {
            throw new ArgumentException(
                $"The equation of EinsumDense is ab,bc->ac, ...ab,bc->...ac or ab...,bc->ac... with letters for axes (before \"...\" at "
                    + $"least two), but '{equation}' was given.",
                nameof(equation)
            );
        }

        var made = new EinsumEquation(
            match.Groups["x"].Value,
            match.Groups["k"].Value,
            match.Groups["y"].Value,
            before ? Elision.Before
                : behind ? Elision.Behind
                : Elision.None
        );
        foreach (char axis in made.Output)
        {
            if (!made.Input.Contains(axis, StringComparison.Ordinal) && !made.Kernel.Contains(axis, StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"In the equation '{equation}' of EinsumDense the axis '{axis}' of the output is one of neither the input nor the "
                        + "kernel, so that nothing gives it a size.",
                    nameof(equation)
                );
            }
        }

        foreach (char axis in made.Kernel)
        {
            if (!made.Input.Contains(axis, StringComparison.Ordinal) && !made.Output.Contains(axis, StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"In the equation '{equation}' of EinsumDense the axis '{axis}' of the kernel is one of neither the input nor the "
                        + "output, so that nothing gives it a size.",
                    nameof(equation)
                );
            }
        }

        return made;
    }

    /// <summary>The output's shape.</summary>
    /// <param name="inputShape">The input's, with the batch axis.</param>
    /// <param name="partial">What the user said of the output's, without the batch axis and those that "..." stands for.</param>
    /// <param name="layer">The layer, for messages.</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other.</exception>
    public Shape OutputShape(Shape inputShape, Shape partial, string layer)
    {
        int elided = inputShape.Rank - Input.Length;
        if (inputShape.Rank == 0 || elided < 0 || (elided > 0 && Elided == Elision.None))
        {
            throw new ArgumentException(
                Invariant(
                    $"{layer} has the equation '{this}', which takes an input of {(Elided == Elision.None ? "" : "at least ")}"
                        + $"{Input.Length} axes, but its input's shape is {inputShape}."
                )
            );
        }

        Shape output = new([
            inputShape[0],
            .. Elided == Elision.Before && elided > 0 ? inputShape.Take(elided).Skip(1) : [],
            .. partial,
            .. Elided == Elision.Behind ? inputShape.Skip(Input.Length) : [],
        ]);

        // Where "..." stands for axes before, the batch is one of them.
        if (output.Rank != Output.Length + elided)
        {
            int known = Output.Length - (Elided == Elision.Before && elided > 0 ? 0 : 1);
            throw new ArgumentException(
                Invariant(
                    $"{layer} has the equation '{this}': its output_shape has {known} sizes, without the batch"
                        + $"{(Elided == Elision.None ? "" : " and what \"...\" stands for")}, but it is {partial}."
                )
            );
        }

        foreach (char axis in Input)
        {
            int? size = SizeIn(inputShape, axis);
            if (IsOfOutput(axis) && SizeOut(output, axis) is int asked && asked != size)
            {
                throw new ArgumentException(
                    Invariant(
                        $"{layer} has the equation '{this}', in which input and output have the axis '{axis}' in common, but its size is "
                            + $"{(size is int s ? Invariant($"{s}") : "not known")} in the input, {inputShape}, and {asked} in the output, "
                            + $"{output}. Give null in output_shape for the input's size."
                    )
                );
            }
        }

        return output;
    }

    /// <summary>The kernel's shape, and which of its axes are inputs and which are outputs of a unit.</summary>
    public (Shape Shape, int[] Inputs, int[] Outputs) KernelOf(Shape inputShape, Shape outputShape, string layer)
    {
        IEnumerable<int> axes = Enumerable.Range(0, Kernel.Length);
        int?[] sizes = new int?[Kernel.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] =
                (IsOfOutput(Kernel[i]) ? SizeOut(outputShape, Kernel[i]) : SizeIn(inputShape, Kernel[i]))
                ?? throw new ArgumentException(
                    $"{layer} has the equation '{this}', but the size of the kernel's axis '{Kernel[i]}' is not known: the input's shape "
                        + $"is {inputShape}, the output's {outputShape}. Give it in "
                        + $"{(IsOfOutput(Kernel[i]) ? "output_shape" : "Input(...)")}."
                );
        }

        return (new Shape(sizes), [.. axes.Where(i => !IsOfOutput(Kernel[i]))], [.. axes.Where(i => IsOfOutput(Kernel[i]))]);
    }

    /// <summary>The bias's shape: from the first of its axes on, 1 for those of the output that it is not of.</summary>
    public Shape BiasOf(string biasAxes, Shape outputShape, int inputRank, string layer)
    {
        string rest = Output[biasAxes.Min(a => Output.IndexOf(a, StringComparison.Ordinal))..];
        IEnumerable<int?> sizes = rest.Select(axis =>
            !biasAxes.Contains(axis, StringComparison.Ordinal)
                ? (int?)1
                : SizeOut(outputShape, axis)
                    ?? throw new ArgumentException(
                        $"{layer} has a bias along the axis '{axis}' of its output, whose size is not known: the output's shape is "
                            + $"{outputShape}. Give it in output_shape."
                    )
        );
        int behind = Elided == Elision.Behind ? inputRank - Input.Length : 0;
        return new Shape(sizes.Concat(Enumerable.Repeat((int?)1, behind)));
    }

    /// <summary>Refuses axes of a bias that the output does not have.</summary>
    public string? CheckedBias(string? bias_axes) =>
        bias_axes is null || (bias_axes.Length > 0 && bias_axes.All(IsOfOutput))
            ? bias_axes
            : throw new ArgumentException(
                $"The bias_axes of EinsumDense are letters of the output '{Output}' of its equation, at least one, or null for no bias, "
                    + $"but '{bias_axes}' was given.",
                nameof(bias_axes)
            );

    /// <summary>The equation as it is written.</summary>
    public override string ToString() =>
        Elided switch
        {
            Elision.Before => $"...{Input},{Kernel}->...{Output}",
            Elision.Behind => $"{Input}...,{Kernel}->{Output}...",
            _ => $"{Input},{Kernel}->{Output}",
        };

    private bool IsOfOutput(char axis) => Output.Contains(axis, StringComparison.Ordinal);

    private int? SizeIn(Shape shape, char axis) => SizeOf(shape, Input, axis);

    private int? SizeOut(Shape shape, char axis) => SizeOf(shape, Output, axis);

    private int? SizeOf(Shape shape, string axes, char axis)
    {
        int place = axes.LastIndexOf(axis);
        return shape[Elided == Elision.Before ? shape.Rank - axes.Length + place : place];
    }

    [GeneratedRegex(
        @"^(\.\.\.)?(?<x>[a-zA-Z]+)(\.\.\.)?,(?<k>[a-zA-Z]+)->(\.\.\.)?(?<y>[a-zA-Z]+)(\.\.\.)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Form();
}

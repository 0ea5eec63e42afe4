using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>Low-rank adaptation of a kernel (LoRA), of those layers that have it.</content>
public abstract partial class Layer
{
    /// <summary>The weights that files of Keras 3 hold of the layer itself.</summary>
    internal IReadOnlyList<Variable> StoredWeights =>
        Lora is LoraKernel lora ? [.. OwnWeights.Where(w => !ReferenceEquals(w, lora.A) && !ReferenceEquals(w, lora.B))] : OwnWeights;

    /// <summary>The adapted kernel; <see langword="null"/> where there is none.</summary>
    private protected LoraKernel? Lora { get; private set; }

    /// <summary>
    /// What files of Keras 3 hold for a weight, in the dispose scope that is open where it is not the weight's own tensor.
    /// </summary>
    internal Tensor StoredValue(Variable weight) =>
        Lora is LoraKernel lora && ReferenceEquals(weight, lora.Kernel) ? lora.Stored() : weight.Value;

    /// <summary>To be called when a file has given the <see cref="StoredWeights"/> their values.</summary>
    internal void StoredWeightsCame() => Lora?.Restart();

    /// <summary>Checks what a constructor was given.</summary>
    /// <returns>The rank and the factor; the latter is the rank by default.</returns>
    private protected static (int? Rank, double? Alpha) CheckedLora(
        int? lora_rank,
        double? lora_alpha,
        Constraint? constraint,
        string className,
        string kernel = "kernel"
    )
    {
        if (lora_rank is not int rank)
        {
            return lora_alpha is null
                ? (null, null)
                : throw new ArgumentException(
                    $"{className}: lora_alpha is the factor of what lora_rank adds to the kernel, but no lora_rank was given. Give both.",
                    nameof(lora_alpha)
                );
        }

        Arguments.AtLeast(1, rank, nameof(lora_rank));
        if (constraint is not null)
        {
            throw new ArgumentException(
                $"{className}: a kernel with a constraint is not adapted, as what is trained is not the kernel. Leave out lora_rank or "
                    + $"{kernel}_constraint.",
                nameof(lora_rank)
            );
        }

        return (rank, lora_alpha is double alpha ? Arguments.Finite(alpha, nameof(lora_alpha)) : rank);
    }

    /// <summary>Freezes a kernel and makes what is trained in its place.</summary>
    private protected void Adapt(Variable kernel, int rank, double alpha, Initializer? a, Initializer? b, Regularizer? regularizer)
    {
        if (Lora is not null)
        {
            throw new InvalidOperationException($"The kernel of '{Name}' ({ClassName}) is adapted already, which can be done once.");
        }

        int last = kernel.Shape.Known(-1, Name);
        Shape left = kernel.Shape.With(-1, rank);
        if (rank > Math.Min(last, (kernel.Shape.ElementCount ?? last) / last))
        {
            // More than any kernel needs: a file could ask for any amount.
            UninitializedWeights.Count($"{ClassName} '{Name}': its weight 'lora_{kernel.Name}_a'", left, ScalarType.Float32);
            UninitializedWeights.Count($"{ClassName} '{Name}': its weight 'lora_{kernel.Name}_b'", (rank, last), ScalarType.Float32);
        }

        using Attempt attempt = new Attempt().OnRefusal(Remember());
        Variable first = AddWeightBeside($"lora_{kernel.Name}_a", left, a ?? "he_uniform", kernel, regularizer);
        Variable second = AddWeightBeside($"lora_{kernel.Name}_b", (rank, last), b ?? "zeros", kernel, regularizer);
        kernel.Freeze();
        Lora = new LoraKernel(kernel, first, second, alpha / rank);
        attempt.Accept();
    }

    /// <summary>Refuses what Keras' quantised layers are given.</summary>
    private protected void RefuseQuantization(object? given, string argument = "quantization_config")
    {
        if (given is not null)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}': there are no quantised layers here, so that there is no {argument}. Leave it out.",
                argument
            );
        }
    }

    /// <summary>Refuses to adapt a layer without weights, or with a constraint.</summary>
    private protected Variable KernelToAdapt(Variable? kernel, Constraint? constraint, string name = "kernel") =>
        kernel is null || !Built
            ? throw new InvalidOperationException(
                $"LoRA adapts a kernel that is there, but '{Name}' ({ClassName}) has no weights yet. Give the model an Input, call it on "
                    + "data, or give the layer lora_rank when it is made."
            )
        : constraint is not null
            ? throw new InvalidOperationException(
                $"The kernel of '{Name}' ({ClassName}) has the constraint {constraint.ClassName}: it is not adapted, as what is trained "
                    + $"is not the kernel. Make the layer without {name}_constraint."
            )
        : kernel;
}

using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>What <see cref="SimpleRNN"/>, <see cref="LSTM"/> and <see cref="GRU"/> share, each of which has a cell of its own.</summary>
/// <typeparam name="TCell">The cell.</typeparam>
public abstract class BaseRNN<TCell> : RNN
    where TCell : DropoutRNNCell
{
    private static readonly string[] OfEveryRNN =
    [
        "name",
        "trainable",
        "dtype",
        "activity_regularizer",
        "return_sequences",
        "return_state",
        "go_backwards",
        "stateful",
        "unroll",
        "zero_output_for_mask",
    ];

    private protected BaseRNN(
        TCell cell,
        bool returnSequences,
        bool returnState,
        bool goBackwards,
        bool stateful,
        bool unroll,
        bool zeroOutputForMask,
        Regularizer? activityRegularizer,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(cell, returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, name, trainable, dtype)
    {
        Recurrent = cell;
        ActivityRegularizer = activityRegularizer;
    }

    /// <inheritdoc cref="DropoutRNNCell.Units"/>
    public int Units => Recurrent.Units;

    /// <inheritdoc cref="DropoutRNNCell.Activation"/>
    public ActivationFunction Activation => Recurrent.Activation;

    /// <inheritdoc cref="DropoutRNNCell.UseBias"/>
    public bool UseBias => Recurrent.UseBias;

    /// <inheritdoc cref="DropoutRNNCell.KernelInitializer"/>
    public Initializer KernelInitializer => Recurrent.KernelInitializer;

    /// <inheritdoc cref="DropoutRNNCell.RecurrentInitializer"/>
    public Initializer RecurrentInitializer => Recurrent.RecurrentInitializer;

    /// <inheritdoc cref="DropoutRNNCell.BiasInitializer"/>
    public Initializer BiasInitializer => Recurrent.BiasInitializer;

    /// <inheritdoc cref="DropoutRNNCell.KernelRegularizer"/>
    public Regularizer? KernelRegularizer => Recurrent.KernelRegularizer;

    /// <inheritdoc cref="DropoutRNNCell.RecurrentRegularizer"/>
    public Regularizer? RecurrentRegularizer => Recurrent.RecurrentRegularizer;

    /// <inheritdoc cref="DropoutRNNCell.BiasRegularizer"/>
    public Regularizer? BiasRegularizer => Recurrent.BiasRegularizer;

    /// <inheritdoc cref="DropoutRNNCell.KernelConstraint"/>
    public Constraint? KernelConstraint => Recurrent.KernelConstraint;

    /// <inheritdoc cref="DropoutRNNCell.RecurrentConstraint"/>
    public Constraint? RecurrentConstraint => Recurrent.RecurrentConstraint;

    /// <inheritdoc cref="DropoutRNNCell.BiasConstraint"/>
    public Constraint? BiasConstraint => Recurrent.BiasConstraint;

    /// <inheritdoc cref="DropoutRNNCell.Dropout"/>
    public double Dropout => Recurrent.Dropout;

    /// <inheritdoc cref="DropoutRNNCell.RecurrentDropout"/>
    public double RecurrentDropout => Recurrent.RecurrentDropout;

    /// <inheritdoc cref="DropoutRNNCell.Seed"/>
    public int? Seed => Recurrent.Seed;

    /// <summary>The cell.</summary>
    private protected TCell Recurrent { get; }

    private protected override int? SequenceRank => 3;

    /// <summary>The arguments of which Keras' configurations hold nothing.</summary>
    private protected abstract string[] KeysLeftOut { get; }

    /// <summary>Whether libtorch's own operation is to be used: <c>"auto"</c>, <c>"true"</c> or <c>"false"</c>.</summary>
    private protected virtual string NativeUse => "auto";

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        // Keras writes the cell before, and leaves it out then: what both have in common has been there already.
        _ = KerasSerializer.Serialize(Cell);
        JsonObject config = base.GetConfig();
        foreach (string key in KeysLeftOut)
        {
            config.Remove(key);
        }

        return ConfigKeys.Ordered(
            config,
            config["activity_regularizer"] is null ? [.. OfEveryRNN.Where(k => k != "activity_regularizer")] : OfEveryRNN
        );
    }

    private protected override void RefuseUse(bool isMasked, CallContext context)
    {
        if (NativeUse == "true" && Recurrent.WhyNotNative(isMasked, context.Training) is string reason)
        {
            throw new NotSupportedException(
                $"{ClassName} '{Name}' is to be computed by libtorch's own operation (use_cudnn: \"true\"), but {reason}. Leave it out, "
                    + "or make the layer otherwise."
            );
        }
    }

    private protected static string CheckedCudnn(string use_cudnn)
    {
        ArgumentNullException.ThrowIfNull(use_cudnn);
        return use_cudnn is "auto" or "true" or "false"
            ? use_cudnn
            : throw new ArgumentException(
                $"use_cudnn is \"auto\", \"true\" or \"false\", but \"{use_cudnn}\" was given.",
                nameof(use_cudnn)
            );
    }
}

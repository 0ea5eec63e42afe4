using Distillation.Keras.Backend;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>What a layer adds to the loss.</content>
public abstract partial class Layer
{
    private Regularizer? _activityRegularizer;

    /// <summary>
    /// A penalty on what it computes, which each of its calls in a training or an evaluation adds to the loss, divided by the size of the
    /// batch; <see langword="null"/> (the default): none.
    /// </summary>
    /// <remarks>
    /// Every layer has it, also where its constructor does not take <c>activity_regularizer</c>:
    /// <c>new Flatten { ActivityRegularizer = "l2" }</c>. Outputs of 16 bits, and integers, are penalised in float32. A prediction computes
    /// none.
    /// </remarks>
    /// <exception cref="NotSupportedException">
    /// It is an input, which computes nothing, or a model of layers, whose configuration cannot hold one.
    /// </exception>
    public Regularizer? ActivityRegularizer
    {
        get => _activityRegularizer;
        set
        {
            if (value is not null && NoPenaltyReason is string reason)
            {
                throw new NotSupportedException($"{ClassName} '{Name}' has no activity_regularizer: {reason}");
            }

            _activityRegularizer = value;
        }
    }

    KerasObject? IPenalized.Penalty
    {
        get => ActivityRegularizer;
        set => ActivityRegularizer = (Regularizer?)value;
    }

    /// <summary>Why what it computes cannot have a penalty; <see langword="null"/> where it can.</summary>
    private protected virtual string? NoPenaltyReason => null;

    /// <summary>Whether the penalty is one on its outputs, and not on those of the layers in it.</summary>
    private protected virtual bool PenaltyIsOfOutputs => true;

    /// <summary>The penalty on a tensor, batch first, as a layer adds it to the loss.</summary>
    /// <param name="regularizer">The penalty.</param>
    /// <param name="output">What a layer has computed.</param>
    /// <param name="layer">Its name, for messages.</param>
    internal static Tensor Penalty(Regularizer regularizer, Tensor output, string layer)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Tensor wide = output.is_floating_point() && !output.dtype.IsHalf() ? output : output.to(ScalarType.Float32);
            Tensor penalty = regularizer.Call(wide);

            // A strength that does not depend on the size of the batch.
            return (output.dim() > 0 ? penalty.Over(Math.Max(1, output.size(0))) : penalty).MoveToOuterDisposeScope();
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"The activity_regularizer {regularizer.ClassName} of the layer '{layer}'",
                "Give one that can take what the layer computes.",
                areArguments: false,
                ("the output", output)
            );
        }
    }

    private void LeavePenalties(IReadOnlyList<Tensor> outputs, CallContext context)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            context.AddLoss(Penalty(_activityRegularizer!, outputs[i], Name));
        }
    }
}

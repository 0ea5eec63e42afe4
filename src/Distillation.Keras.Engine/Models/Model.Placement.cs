using Distillation.Keras.Backend;
using Distillation.Keras.Training;

namespace Distillation.Keras;

/// <content>On which device a model is.</content>
public partial class Model
{
    /// <summary>
    /// Moves the model to a device, where it stays: its weights, and its optimizer's state. Weights that it makes later are made there.
    /// </summary>
    /// <param name="device"><c>"cpu"</c>, <c>"cuda"</c>, <c>"cuda:1"</c>.</param>
    /// <returns>The model.</returns>
    /// <remarks>
    /// Data stay where they are, on the host: each batch is moved when it is used, and what <c>Predict</c> gives is on the host again.
    /// Layers that are put behind the model's are made on its device. Tensors that were read of weights before
    /// (<see cref="Variable.Value"/>) are disposed. Not thread-safe: nothing may predict or evaluate with the model meanwhile. Other models
    /// that share layers with it find these moved, and are to be moved, too.
    /// </remarks>
    /// <exception cref="NotSupportedException">The machine does not have the device; nothing was moved.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model or one of its weights is in use by a fit or distillation; nothing was moved.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for it; nothing was moved.</exception>
    public Model To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using var attempt = new Attempt();
        MoveTo(device, attempt);
        attempt.Accept();
        return this;
    }

    /// <summary>Moves the model, unless it is there already or no device is given.</summary>
    /// <param name="device">Where to, or <see langword="null"/>.</param>
    /// <param name="attempt">The call that moves it: the model goes back where that is refused.</param>
    /// <param name="claim">The claim of that call, which takes the model; <see langword="null"/>: it has none.</param>
    internal void MoveTo(Device? device, Attempt attempt, Claim? claim = null)
    {
        if (device is null || (Device == device && Weights.All(w => w.Device == device)))
        {
            return;
        }

        device.RequireAvailable();
        using Claim own = new($"To of '{Name}'");
        (claim ?? own).TakeToMove(this, device);
        Relocation moved = Relocation.Begin($"the model '{Name}'", [.. Weights, .. _compilation?.Optimizer.StateOf(Weights) ?? []], device);
        Action placed = PlaceOn(device);

        // The sums of its metrics are made anew where it is now.
        ReleaseTraining();
        attempt
            .OnAcceptance(moved.Finish)
            .OnRefusal(() =>
            {
                placed();
                moved.Undo();
                ReleaseTraining();
            });
    }

    /// <summary>Refuses weights on several devices, as they are where a model that shares layers was moved.</summary>
    /// <exception cref="InvalidOperationException">There are such.</exception>
    internal void RefuseDivided()
    {
        Device device = Device;
        if (Weights.FirstOrDefault(w => w.Device != device) is Variable other)
        {
            throw new InvalidOperationException(
                $"The weights of a model are on one device, but of '{Name}' some are on \"{device}\" and {other.Path} is on "
                    + $"\"{other.Device}\": another model that shares layers with it was moved. Call To(\"{other.Device}\") on "
                    + "this one, too."
            );
        }
    }
}

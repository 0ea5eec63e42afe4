using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What layers that change images have in common: one image or a batch of them, both data formats, labels and masks.</summary>
/// <remarks>
/// <para>
/// Input (batch, height, width, channels), or (height, width, channels) for one image; with <c>channels_first</c> the channels come before
/// height and width. The output has the layer's type, whatever the input's is, unless a class says otherwise.
/// </para>
/// <para>
/// Random layers change images in training alone, and return their input otherwise. As in Keras they are in training where nobody says the
/// mode: <c>layer.Call(x)</c> and <c>model.Call(x)</c> change x; <c>Predict</c>, <c>Evaluate</c> and <c>Call(x, training: false)</c> do
/// not. Source: <c>keras/src/layers/preprocessing/image_preprocessing/base_image_preprocessing_layer.py</c>.
/// </para>
/// </remarks>
public abstract class BaseImagePreprocessingLayer : Layer
{
    private protected BaseImagePreprocessingLayer(string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => DataFormat = Spatial.DataFormat(data_format, ClassName);

    /// <summary>Where the channels are.</summary>
    public string DataFormat { get; }

    internal override bool TrainsByDefault => true;

    /// <summary>Whether images that it has changed have other labels.</summary>
    internal virtual bool ChangesLabels => false;

    /// <summary>Whether it changes images at inference, too.</summary>
    private protected virtual bool ActsAtInference => false;

    /// <summary>Whether images that it does not change at inference are cast to its type.</summary>
    private protected virtual bool CastsAtInference => true;

    /// <summary>The images with the labels and masks that belong to them, all changed by the same draw.</summary>
    /// <param name="data">What belongs to the images of a batch, or to one image.</param>
    /// <param name="training">Whether random layers change them; by default yes.</param>
    /// <returns>Tensors that the caller, or the dispose scope that is open, owns; what does not change is the input itself.</returns>
    /// <exception cref="ArgumentException">The shape of the images does not fit, or that of the masks is another one.</exception>
    public ImageBatch Call(ImageBatch data, bool? training = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        data.Check(this);
        CallContext? around = LayerCalls.Current;
        using CallContext? own = around is null ? CallContext.WithoutMode() : null;
        return Change(data, (own ?? around!).For(this, training));
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank is not (3 or 4))
        {
            string axes = DataFormat == Spatial.ChannelsLast ? "height, width, channels" : "channels, height, width";
            throw new ArgumentException(
                Invariant(
                    $"{ClassName} '{Name}' takes an image with 3 axes, ({axes}), or a batch of images with 4, (batch, {axes}), but its "
                        + $"input's shape is {inputShape}, with {inputShape.Rank}."
                )
            );
        }

        int first = inputShape.Rank - 3;
        if (Enumerable.Range(first, 3).Any(axis => inputShape[axis] == 0))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes images with at least one pixel and channel, but its input's shape is {inputShape}."
            );
        }

        return inputShape;
    }

    /// <inheritdoc/>
    protected internal sealed override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return Change(new ImageBatch(input), context).Images;
    }

    /// <summary>Draws what is to be done to the images of a batch; without gradients.</summary>
    /// <param name="draws">The sizes of the batch, and its random numbers.</param>
    internal abstract ImageView View(ImageDraws draws);

    /// <summary>The random numbers of a call.</summary>
    private protected virtual Generator GeneratorOf(CallContext context) => context.Generator;

    /// <summary>The shape with another height and width.</summary>
    private protected Shape Resized(Shape inputShape, int height, int width)
    {
        int first = DataFormat == Spatial.ChannelsLast ? inputShape.Rank - 3 : inputShape.Rank - 2;
        return inputShape.With(first, height).With(first + 1, width);
    }

    // The layer casts what is to be cast: labels and masks keep their types.
    private protected sealed override Tensor Cast(Tensor input) => input;

    private protected sealed override bool IsOfType(Tensor input) => true;

    private ImageBatch Change(ImageBatch data, CallContext context)
    {
        bool acts = context.Training || ActsAtInference;
        using DisposeScope scope = NewDisposeScope();
        bool casts = (acts || CastsAtInference) && (!KeepsIntegers || data.Images.is_floating_point());
        Tensor images = casts && data.Images.dtype != Dtype.ComputeType ? data.Images.to(Dtype.ComputeType) : data.Images;
        if (!acts)
        {
            return new ImageBatch(Kept(images, data.Images), data.Labels, data.SegmentationMasks);
        }

        bool isBatch = images.dim() == 4;
        Tensor native = Native(images, isBatch);
        ImageView view;
        using (no_grad())
        {
            view = View(new ImageDraws(native, () => GeneratorOf(context)));
        }

        Tensor changed = Back(view.OfImages(native).to(images.dtype), isBatch);
        Tensor? labels =
            data.Labels is null || view.OfLabels is not Func<Tensor, Tensor> ofLabels ? data.Labels
            : isBatch ? ofLabels(data.Labels)
            : ofLabels(data.Labels.unsqueeze(0)).squeeze(0);
        Tensor? masks =
            data.SegmentationMasks is null || view.OfMasks is not Func<Tensor, Tensor> ofMasks
                ? data.SegmentationMasks
                : Back(ofMasks(Native(data.SegmentationMasks, isBatch)).to(data.SegmentationMasks.dtype), isBatch);
        return new ImageBatch(
            ReferenceEquals(view, ImageView.Identity) ? Kept(images, data.Images) : Kept(changed, data.Images),
            labels is null ? null : Kept(labels, data.Labels!),
            masks is null ? null : Kept(masks, data.SegmentationMasks!)
        );
    }

    private static Tensor Kept(Tensor result, Tensor input) => ReferenceEquals(result, input) ? input : result.MoveToOuterDisposeScope();

    private Tensor Native(Tensor images, bool isBatch) => Spatial.ToNative(isBatch ? images : images.unsqueeze(0), 2, DataFormat);

    private Tensor Back(Tensor images, bool isBatch)
    {
        Tensor batch = Spatial.FromNative(images, 2, DataFormat);
        return isBatch ? batch : batch.squeeze(0);
    }
}

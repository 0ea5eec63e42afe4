using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

public sealed class ModelMemoryTests
{
    private static Model Branched()
    {
        Input input = new(8, 8, 3);
        KerasTensor x = new Conv2D(4, 3, padding: "same", strides: 2, activation: "relu").Apply(input);
        x = new BatchNormalization().Apply(x);
        KerasTensor pooled = new MaxPooling2D(3, strides: 1, padding: "same").Apply(x);
        KerasTensor mean = new AveragePooling2D(2, strides: 1, padding: "same").Apply(x);
        x = new Concatenate().Apply(new Add().Apply(pooled, mean), new Multiply().Apply(pooled, mean, x), new Average().Apply(x, mean));
        x = new ZeroPadding2D().Apply(new ReLU(max_value: 6).Apply(x));
        KerasTensor flat = new Dropout(0.5).Apply(new Flatten().Apply(new Rescaling(0.5).Apply(x)));
        KerasTensor probabilities = new Softmax().Apply(new Dense(3, activation: "sigmoid").Apply(flat));
        return new Model(
            input,
            new[]
            {
                new Dense(3, activation: "softmax").Apply(probabilities),
                new GlobalAveragePooling2D().Apply(x),
                new Lambda(t => t * 2).Apply(flat),
            }
        );
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Calls_without_gradients_leave_nothing_behind_but_their_outputs(bool training)
    {
        Model model = Branched();
        using Tensor x = rand(2, 8, 8, 3);
        using IDisposable noGrad = no_grad();
        void Call()
        {
            foreach (Tensor output in model.CallAll([x], training))
            {
                output.Dispose();
            }
        }

        Assert.That(LiveTensors.LeftBy(Call), Is.Zero);
        Assert.That(x.IsInvalid, Is.False);
    }

    [Test]
    public void An_input_of_another_type_is_cast_and_the_cast_is_disposed()
    {
        Model model = new Sequential(new Input(5), new Dropout(0.5), new Dense(2));
        using Tensor x = ones(3, 5, int64);
        using IDisposable noGrad = no_grad();
        Assert.That(LiveTensors.LeftBy(() => model.Call(x).Dispose()), Is.Zero);
    }

    [Test]
    public void Weights_made_in_a_dispose_scope_outlive_it()
    {
        Model model;
        using (NewDisposeScope())
        {
            model = Branched();
        }

        Assert.That(model.Weights.Select(w => w.Value.IsInvalid), Has.None.True);
        model.Release();
        Assert.That(() => model.Weights[0].Value, Throws.InstanceOf<ObjectDisposedException>());
    }
}

// <snippet Keras_code_in_CSharp>
using Distillation.Keras;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/porting-from-keras.md.</summary>
public sealed class KerasCodeInCSharp
{
    [Test]
    public void Keras_code_in_CSharp()
    {
        // <snippet Keras_code_in_CSharp>
        var model = new Sequential(
            new Input(28, 28, 1),
            new Conv2D(32, (3, 3), strides: (2, 2), padding: "same", activation: "relu"),
            new MaxPooling2D((2, 2)),
            new Flatten(),
            new Dense(128, activation: "relu", kernel_constraint: new MaxNorm(3)),
            new Dropout(0.5),
            new Dense(10, activation: "softmax"));
        model.Compile(
            new Adadelta(1.0), "categorical_crossentropy", ["accuracy", new TopKCategoricalAccuracy(5)]);
        // </snippet>
        using var data = Datasets.Digits.LoadData();
        using var x = data.TestX[":64"].copy();
        using var y = data.TestY[":64"].copy();
        var history = model.Fit(x, y, epochs: 1, verbose: 0);
        Assert.That(history.Names, Does.Contain("top_k_categorical_accuracy"));
    }
}

module Distillation.Keras.FSharp.Tests.ConstructionTests

open NUnit.Framework
open Distillation.Keras
open Distillation.Keras.Constraints
open Distillation.Keras.Layers
open Distillation.Keras.Optimizers

let private shape (sizes: int list) = Shape(List.toArray sizes)

[<Test>]
let ``an input takes its sizes as a tuple, as numbers or as one number`` () =
    let tuple = Input(shape = (28, 28, 1))
    let numbers = Input(28, 28, 1)
    let single = Input(4)
    Assert.That((tuple.BatchShape = (shape [ 28; 28; 1 ]).WithBatch()))
    Assert.That((numbers.BatchShape = tuple.BatchShape))
    Assert.That(single.BatchShape.Rank, Is.EqualTo 2)

[<Test>]
let ``sizes are tuples or numbers and activations are names`` () =
    let conv = Conv2D(32, (3, 3), strides = (2, 2), activation = "relu")
    let square = Conv2D(8, 3)
    let pool = MaxPooling2D((2, 2))
    Assert.That((conv.Strides = Size(2, 2)))
    Assert.That((square.KernelSize = Size(3, 3)))
    Assert.That((pool.PoolSize = Size(2, 2)))
    Assert.That(Dense(10, activation = "softmax").Activation.Name, Is.EqualTo "softmax")

[<Test>]
let ``sequences and volumes take sizes and sides as tuples or numbers too`` () =
    let sequence = Conv1D(32, 3, padding = "causal", dilation_rate = 2)
    let volume = Conv3D(8, (3, 3, 3), strides = (1, 2, 2), groups = 2)
    Assert.That((sequence.KernelSize = Size 3))
    Assert.That((volume.KernelSize = Size(3, 3, 3)))
    Assert.That((volume.Strides = Size(1, 2, 2)))
    Assert.That((MaxPooling3D((1, 2, 3)).Strides = Size(1, 2, 3)))
    Assert.That((AveragePooling1D 2).PoolSize[0], Is.EqualTo 2)
    Assert.That((ZeroPadding1D((1, 2)).Padding = Padding1D(1, 2)))
    Assert.That((ZeroPadding3D(((1, 2), (3, 4), (5, 6))).Padding = Padding3D(1, 2, 3, 4, 5, 6)))
    Assert.That((Cropping2D(cropping = ((1, 2), (3, 4))).Cropping = Padding2D(1, 2, 3, 4)))
    Assert.That((Cropping3D((1, 2, 3)).Cropping = Padding3D(1, 1, 2, 2, 3, 3)))
    Assert.That((UpSampling1D 3).Size, Is.EqualTo 3)
    Assert.That((UpSampling3D((1, 2, 3)).Size = Size(1, 2, 3)))
    let model =
        Sequential([ Input(12, 3); Conv1D(4, 3, activation = "relu"); MaxPooling1D(); UpSampling1D(); GlobalAveragePooling1D(); Dense 2 ])
    Assert.That(model.CountParams(), Is.EqualTo 50L)

[<Test>]
let ``initializers, regularizers and constraints are names or objects`` () =
    let dense =
        Dense(4, kernel_initializer = "he_normal", kernel_regularizer = "l2", kernel_constraint = MaxNorm(2.0), dtype = "float32",
              name = "named")
    Assert.That(dense.Name, Is.EqualTo "named")
    Assert.That(dense.KernelConstraint, Is.InstanceOf<MaxNorm>())
    Assert.That(dense.KernelRegularizer, Is.InstanceOf<Regularizers.L2>())

[<Test>]
let ``a sequential model is a list of layers of any kind`` () =
    let teacher =
        Sequential(
            Input(28, 28, 1),
            Conv2D(32, (3, 3), activation = "relu"),
            Conv2D(64, (3, 3), activation = "relu"),
            MaxPooling2D((2, 2)),
            Dropout(0.25),
            Flatten(),
            Dense(128, activation = "relu"),
            Dropout(0.5),
            Dense(10, activation = "softmax")
        )
    Assert.That(teacher.CountParams(), Is.EqualTo 1199882L)
    let named = Sequential([ Input(4) :> Layer; Dense(2) ], name = "small")
    Assert.That(named.Name, Is.EqualTo "small")
    named.Add(Dense(3))
    Assert.That(named.Output.Shape[-1], Is.EqualTo 3)
    named.Pop() |> ignore
    Assert.That(named.Output.Shape[-1], Is.EqualTo 2)

[<Test>]
let ``a functional model has one input or several, given alone, as an array or as a list`` () =
    let x = Input(shape = 8)
    let h = Dense(64).Apply(x)
    let h = Dense(3, activation = "softmax").Apply(h)
    let single = Model(inputs = x, outputs = h)
    let arrays = Model(inputs = [| x |], outputs = [| h |])
    Assert.That(single.Outputs.Count, Is.EqualTo 1)
    Assert.That(arrays.Layers.Count, Is.EqualTo single.Layers.Count)

    let a = Input(shape = (4, 4))
    let b = Input(shape = (4, 2), name = "b")
    let both = Concatenate().Apply(a, b)
    let sum = Add().Apply(Dense(3).Apply(both), Dense(3).Apply(a))
    let model = Model(inputs = [| a; b |], outputs = [| both; sum |], name = "two")
    Assert.That((model.Outputs[0].Shape = (shape [ 4; 6 ]).WithBatch()))
    Assert.That(model.Name, Is.EqualTo "two")
    let again = Model(inputs = KerasTensors(Seq.ofList [ a.Output; b.Output ]), outputs = sum)
    Assert.That(again.Inputs.Count, Is.EqualTo 2)

[<Test>]
let ``a model is read from its JSON, cloned and summarised`` () =
    let model = Data.mlp 5
    let copy = Model.FromJson(model.ToJson())
    Assert.That(copy.CountParams(), Is.EqualTo(model.Clone().CountParams()))
    let lines = ResizeArray<string>()
    model.Summary(print_fn = (fun line -> lines.Add line))
    Assert.That(lines, Is.Not.Empty)

[<Test>]
let ``an optimizer takes a rate or a schedule`` () =
    let constant = Adam(0.01)
    let named = SGD(learning_rate = 0.1, momentum = 0.9, nesterov = true)
    let schedule = Adam(learning_rate = Schedules.ExponentialDecay(0.1, 100, 0.5))
    Assert.That(constant.LearningRate, Is.EqualTo(0.01).Within 1e-8)
    Assert.That(named.Momentum, Is.EqualTo 0.9)
    Assert.That(schedule.Schedule, Is.Not.Null)
